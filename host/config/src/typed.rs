//! A tree of settings against what a type, or a plugin's schema, expects of it.
//!
//! The JSON Schema of the type is asked first, since it reports every mistake and not only the first one; serde then
//! makes the value, and what only serde notices is reported alike.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::document::Document;
use crate::explain::{self, Complaint};
use crate::path::Path;
use crate::problem::{Finding, Problem, Problems};
use crate::schema;

/// Past this many mistakes of one tree nobody reads on.
const FINDINGS_MOST: usize = 200;

/// Everything in the document that does not fit `T`.
pub fn check<T: JsonSchema>(document: &Document) -> Vec<Problem> {
    check_value(document, &Path::new(), &schema::plain::<T>())
}

/// Everything in the part of the document at `at` that does not fit a JSON Schema. A part that is missing is checked
/// as an empty map, so that a plugin's `with:` may be left out where nothing in it is needed.
pub fn check_value(document: &Document, at: &Path, schema: &Value) -> Vec<Problem> {
    let tree = tree(document);
    findings(at.find(&tree).unwrap_or(&empty_map()), at, schema).into_iter().map(|found| document.problem(found)).collect()
}

/// The document as a `T`, or all that keeps it from being one.
pub fn read_as<T: DeserializeOwned + JsonSchema>(document: &Document) -> Result<T, Problems> {
    let problems = check::<T>(document);
    if !problems.is_empty() {
        return Err(Problems(problems));
    }
    read_value(&tree(document)).map_err(|found| document.problem(*found).into())
}

/// What of `value`, which stands at `at`, does not fit a JSON Schema.
pub fn findings(value: &Value, at: &Path, schema: &Value) -> Vec<Finding> {
    complaints(value, at, schema).into_iter().map(|complaint| complaint.finding).collect()
}

pub(crate) fn complaints(value: &Value, at: &Path, schema: &Value) -> Vec<Complaint> {
    let validator = match jsonschema::options().build(schema) {
        Ok(validator) => validator,
        Err(error) => {
            let finding = Finding::value(at.clone(), format!("its schema cannot be used: {error}"));
            return vec![Complaint { finding: finding.hint("mend the schema that the plugin ships"), missing: None }];
        }
    };
    let explainer = explain::Explainer { schema, at };
    let mut complaints: Vec<Complaint> = Vec::new();
    for error in validator.iter_errors(value) {
        for complaint in explainer.error(&error) {
            if !complaints.contains(&complaint) {
                complaints.push(complaint);
            }
        }
        if complaints.len() >= FINDINGS_MOST {
            break;
        }
    }
    let mistaken: Vec<Complaint> = complaints.iter().filter(|complaint| complaint.missing.is_none()).cloned().collect();
    complaints.retain(|complaint| !mistaken.iter().any(|mistake| mistake.accounts_for(complaint)));
    complaints
}

/// Where `schema` wants text and `value` holds something else.
pub(crate) fn wants_text(value: &Value, schema: &Value) -> Vec<Path> {
    let Ok(validator) = jsonschema::options().build(schema) else {
        return Vec::new();
    };
    let mut paths = Vec::new();
    for error in validator.iter_errors(value) {
        explain::wants_text(&error, &mut paths);
    }
    paths
}

/// `value` as a `T`; its schema has been asked already.
pub(crate) fn read_value<T: DeserializeOwned>(value: &Value) -> Result<T, Box<Finding>> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let mut path = Path::new();
        for segment in error.path() {
            path = match segment {
                serde_path_to_error::Segment::Seq { index } => path.index(*index),
                serde_path_to_error::Segment::Map { key } => path.key(key),
                // The name of a variant may or may not be a key of the tree: the place falls back by itself.
                serde_path_to_error::Segment::Enum { variant } => path.key(variant),
                serde_path_to_error::Segment::Unknown => break,
            };
        }
        Box::new(Finding::value(path, error.inner().to_string()))
    })
}

/// The document's values; an empty file is one that sets nothing.
fn tree(document: &Document) -> Value {
    match document.json() {
        Value::Null => empty_map(),
        value => value,
    }
}

fn empty_map() -> Value {
    Value::Object(serde_json::Map::new())
}
