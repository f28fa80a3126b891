//! What a JSON Schema validator objects to, in sentences for the person who wrote the file.

mod branch;
mod words;

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::paths::LocationSegment;
use jsonschema::{JsonType, JsonTypeSet};
use serde_json::Value;

use crate::guess;
use crate::path::Path;
use crate::problem::Finding;

/// A finding, and the key it says is missing, if that is all it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Complaint {
    pub(crate) finding: Finding,
    pub(crate) missing: Option<String>,
}

impl Complaint {
    /// Whether this is about a misspelling of the key that `other` misses: told once is enough.
    pub(crate) fn accounts_for(&self, other: &Complaint) -> bool {
        let Some(missing) = &other.missing else {
            return false;
        };
        let beside = self.finding.path.parent().as_ref() == Some(&other.finding.path);
        beside && self.finding.hint.as_ref() == Some(&guess::did_you_mean(missing))
    }
}

impl From<Finding> for Complaint {
    fn from(finding: Finding) -> Complaint {
        Complaint { finding, missing: None }
    }
}

/// Knows the schema, to tell what would have been right, and where in the settings the checked tree stands.
pub(crate) struct Explainer<'a> {
    pub(crate) schema: &'a Value,
    pub(crate) at: &'a Path,
}

impl Explainer<'_> {
    pub(crate) fn error(&self, error: &ValidationError<'_>) -> Vec<Complaint> {
        let path = self.path(error);
        let value = error.instance().as_ref();
        match error.kind() {
            Kind::AnyOf { .. } if !value.is_object() && self.is_secret(error) => {
                vec![
                    Finding::value(path, "expected a secret")
                        .hint("write `{ env: NAME }`, `{ file: PATH }`, or text in quotes")
                        .into(),
                ]
            }
            Kind::AnyOf { context } | Kind::OneOfNotValid { context } => self.branches(&path, value, context),
            Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
                let known = self.known_keys(error);
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                unexpected.iter().map(|key| unknown_key(&path, key, &known).into()).collect()
            }
            Kind::Required { property } => vec![self.missing(path, property.as_str().unwrap_or_default(), error)],
            Kind::PropertyNames { error } => {
                let name = error.instance().as_str().unwrap_or_default().to_owned();
                vec![Finding::key(path.key(&name), format!("the key `{name}` is not allowed: {error}")).into()]
            }
            Kind::Type { kind } => vec![type_mismatch(path, value, types(kind)).into()],
            Kind::Enum { options } => vec![unknown_value(path, value, &choices(options)).into()],
            Kind::Constant { expected_value } => vec![unknown_value(path, value, &choices(expected_value)).into()],
            Kind::Pattern { pattern } => vec![self.pattern(path, value, pattern, error).into()],
            _ => vec![words::finding(path, error).into()],
        }
    }

    fn path(&self, error: &ValidationError<'_>) -> Path {
        self.at.clone().join(&relative(error))
    }

    fn missing(&self, path: Path, name: &str, error: &ValidationError<'_>) -> Complaint {
        let described = self.properties(error).and_then(|properties| properties.get(name)).and_then(description);
        let hint = match described {
            Some(description) => format!("add `{name}: …`: {description}"),
            None => format!("add `{name}: …`"),
        };
        Complaint { finding: Finding::key(path, format!("missing key `{name}`")).hint(hint), missing: Some(name.to_owned()) }
    }

    fn pattern(&self, path: Path, value: &Value, pattern: &str, error: &ValidationError<'_>) -> Finding {
        let hint = match self.holder(error).and_then(description) {
            Some(description) => description,
            None => format!("it must match `{pattern}`"),
        };
        Finding::value(path, format!("{} does not have the right form", words::found(value))).hint(hint)
    }

    /// The schema whose keyword objects.
    fn holder(&self, error: &ValidationError<'_>) -> Option<&Value> {
        let segments: Vec<LocationSegment<'_>> = error.schema_path().iter().collect();
        let (_, above) = segments.split_last()?;
        let mut here = self.schema;
        for segment in above {
            let next = match segment {
                LocationSegment::Property(name) => self.followed(here, name).get(name.as_ref()),
                LocationSegment::Index(index) => here.get(*index).or_else(|| here.get(index.to_string())),
            };
            here = next?;
        }
        Some(here)
    }

    /// Whether the value is one that no message may show.
    fn is_secret(&self, error: &ValidationError<'_>) -> bool {
        self.holder(error).and_then(|schema| schema.get("writeOnly")) == Some(&Value::Bool(true))
    }

    /// The schema itself, or the one it refers to if only that one holds `name`.
    fn followed<'s>(&'s self, schema: &'s Value, name: &str) -> &'s Value {
        let reference = schema.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix('#'));
        match reference.and_then(|pointer| self.schema.pointer(pointer)) {
            Some(target) if schema.get(name).is_none() => target,
            _ => schema,
        }
    }

    fn properties(&self, error: &ValidationError<'_>) -> Option<&serde_json::Map<String, Value>> {
        self.holder(error)?.get("properties")?.as_object()
    }

    /// All keys that the schema around the objecting keyword speaks of, those of the schemas it is made of included.
    fn known_keys(&self, error: &ValidationError<'_>) -> Vec<String> {
        let mut keys = Vec::new();
        if let Some(holder) = self.holder(error) {
            self.gather_keys(holder, 0, &mut keys);
        }
        keys
    }

    fn gather_keys(&self, schema: &Value, depth: usize, keys: &mut Vec<String>) {
        const DEPTH_MOST: usize = 4;
        if depth > DEPTH_MOST {
            return;
        }
        for name in schema.get("properties").and_then(Value::as_object).into_iter().flat_map(|properties| properties.keys()) {
            if !keys.contains(name) {
                keys.push(name.clone());
            }
        }
        let target = schema.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix('#'));
        if let Some(target) = target.and_then(|pointer| self.schema.pointer(pointer)) {
            self.gather_keys(target, depth + 1, keys);
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            for part in schema.get(keyword).and_then(Value::as_array).into_iter().flatten() {
                self.gather_keys(part, depth + 1, keys);
            }
        }
    }
}

/// Adds the paths at which text was wanted.
pub(crate) fn wants_text(error: &ValidationError<'_>, paths: &mut Vec<Path>) {
    match error.kind() {
        Kind::Type { kind } if types(kind).contains(JsonType::String) => paths.push(relative(error)),
        Kind::Enum { .. } | Kind::Constant { .. } => paths.push(relative(error)),
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            for error in context.iter().flatten() {
                wants_text(error, paths);
            }
        }
        _ => {}
    }
}

fn relative(error: &ValidationError<'_>) -> Path {
    let mut path = Path::new();
    for segment in error.instance_path().iter() {
        path = match segment {
            LocationSegment::Property(name) => path.key(name.into_owned()),
            LocationSegment::Index(index) => path.index(index),
        };
    }
    path
}

fn types(kind: &TypeKind) -> JsonTypeSet {
    match kind {
        TypeKind::Single(kind) => JsonTypeSet::empty().insert(*kind),
        TypeKind::Multiple(kinds) => *kinds,
    }
}

fn unknown_key(path: &Path, key: &str, known: &[&str]) -> Finding {
    let mut finding = Finding::key(path.clone().key(key), format!("unknown key `{key}`"));
    finding.hint = guess::hint(key, known, "known keys are").or_else(|| Some("leave it out".to_owned()));
    finding
}

fn unknown_value(path: Path, value: &Value, choices: &[String]) -> Finding {
    let choices: Vec<&str> = choices.iter().map(String::as_str).collect();
    match value {
        Value::String(written) => {
            let mut finding = Finding::value(path, format!("unknown value `{}`", words::short(written)));
            finding.hint = guess::hint(written, &choices, "choose from");
            finding
        }
        _ => Finding::value(path, format!("expected {}, found {}", words::either(&choices), words::found(value))),
    }
}

fn type_mismatch(path: Path, value: &Value, expected: JsonTypeSet) -> Finding {
    let reason = format!("expected {}, found {}", words::expected(expected), words::found(value));
    let mut finding = Finding::value(path, reason);
    finding.hint = words::type_hint(value, expected);
    finding
}

fn choices(options: &Value) -> Vec<String> {
    let word = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match options {
        Value::Array(options) => options.iter().filter(|option| !option.is_null()).map(word).collect(),
        one => vec![word(one)],
    }
}

/// The first sentence of a schema's description, as our hints are written.
fn description(schema: &Value) -> Option<String> {
    let text = schema.get("description")?.as_str()?;
    let paragraph = text.split("\n\n").next()?.replace('\n', " ");
    let sentence = paragraph.split(". ").next()?.trim().trim_end_matches('.');
    (!sentence.is_empty()).then(|| words::lower_first(sentence))
}
