//! Where a schema offers alternatives and none fits: which one was meant.

use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::{JsonType, JsonTypeSet, ValidationError};
use serde_json::Value;

use super::{Complaint, Explainer, choices, relative, type_mismatch, types, unknown_key, unknown_value};
use crate::path::Path;
use crate::problem::Finding;

/// What one alternative objects to.
struct Branch<'e> {
    errors: &'e [ValidationError<'static>],
    top: Path,
}

impl Branch<'_> {
    /// The kinds it accepts, if the kind of the value is what it objects to.
    fn wrong_kind(&self) -> Option<JsonTypeSet> {
        self.errors.iter().find_map(|error| match error.kind() {
            Kind::Type { kind } if relative(error) == self.top => Some(types(kind)),
            _ => None,
        })
    }

    /// The words it accepts where another stands, with the place: at the top for a plain choice, one level down for a
    /// map that says by one entry which variant it is.
    fn wrong_word(&self) -> Option<(Path, Vec<String>)> {
        self.errors.iter().find_map(|error| {
            let path = relative(error);
            let near = path.0.len() <= self.top.0.len() + 1;
            match error.kind() {
                Kind::Enum { options } if near => Some((path, choices(options))),
                Kind::Constant { expected_value } if near => Some((path, choices(expected_value))),
                _ => None,
            }
        })
    }

    /// The entry that would have named this variant (`{ http: … }`), and the entries that stand there instead.
    fn wrong_variant(&self) -> Option<(&str, &[String])> {
        let at_top = || self.errors.iter().filter(|error| relative(error) == self.top);
        let required = at_top().find_map(|error| match error.kind() {
            Kind::Required { property } => property.as_str(),
            _ => None,
        });
        let unexpected = at_top().find_map(|error| match error.kind() {
            Kind::AdditionalProperties { unexpected } => Some(unexpected.as_slice()),
            _ => None,
        });
        Some((required?, unexpected?))
    }
}

impl Explainer<'_> {
    pub(super) fn branches(&self, path: &Path, value: &Value, context: &[Vec<ValidationError<'static>>]) -> Vec<Complaint> {
        let top = Path(path.0[self.at.0.len().min(path.0.len())..].to_vec());
        let all: Vec<Branch<'_>> = context.iter().map(|errors| Branch { errors, top: top.clone() }).collect();
        let mut expected = JsonTypeSet::empty();
        let mut fitting: Vec<&Branch<'_>> = Vec::new();
        for branch in &all {
            match branch.wrong_kind() {
                Some(kinds) => expected = kinds.iter().fold(expected, |set, kind| set.insert(kind)),
                None => fitting.push(branch),
            }
        }
        if fitting.is_empty() {
            return match (all.as_slice(), expected.contains(JsonType::Null)) {
                // An optional value: the objection of the one real alternative says it best.
                ([only, null] | [null, only], true) if null.errors.len() == 1 && only.errors.len() > 1 => self.explained(only),
                _ => vec![type_mismatch(path.clone(), value, expected).into()],
            };
        }
        if let Some(finding) = no_such_word(self.at, value, &fitting) {
            return vec![finding.into()];
        }
        fitting = keep_unless_none(fitting, |branch| branch.wrong_word().is_none());
        if let Some(finding) = no_such_variant(path, &fitting) {
            return vec![finding.into()];
        }
        fitting = keep_unless_none(fitting, |branch| branch.wrong_variant().is_none());
        fitting.iter().min_by_key(|branch| branch.errors.len()).map(|best| self.explained(best)).unwrap_or_default()
    }

    fn explained(&self, branch: &Branch<'_>) -> Vec<Complaint> {
        branch.errors.iter().flat_map(|error| self.error(error)).collect()
    }
}

fn keep_unless_none<'b, 'e>(branches: Vec<&'b Branch<'e>>, keep: impl Fn(&Branch<'e>) -> bool) -> Vec<&'b Branch<'e>> {
    let kept: Vec<&Branch<'e>> = branches.iter().copied().filter(|branch| keep(branch)).collect();
    if kept.is_empty() { branches } else { kept }
}

/// Every alternative wants another word at one and the same place.
fn no_such_word(at: &Path, value: &Value, branches: &[&Branch<'_>]) -> Option<Finding> {
    let mut place: Option<Path> = None;
    let mut words = Vec::new();
    for branch in branches {
        let (path, choices) = branch.wrong_word()?;
        if *place.get_or_insert_with(|| path.clone()) != path {
            return None;
        }
        words.extend(choices.into_iter().filter(|choice| !words.contains(choice)).collect::<Vec<String>>());
    }
    let place = place?;
    let top_length = branches.first()?.top.0.len();
    let written = Path(place.0[top_length.min(place.0.len())..].to_vec());
    Some(unknown_value(at.clone().join(&place), written.find(value)?, &words))
}

/// Every alternative wants an entry of another name.
fn no_such_variant(path: &Path, branches: &[&Branch<'_>]) -> Option<Finding> {
    let mut names = Vec::new();
    let mut standing: Option<&[String]> = None;
    for branch in branches {
        let (required, unexpected) = branch.wrong_variant()?;
        names.push(required);
        // The shortest list holds only what no alternative knows.
        standing =
            Some(standing.map_or(unexpected, |shortest| if unexpected.len() < shortest.len() { unexpected } else { shortest }));
    }
    let stranger = standing?.iter().find(|key| !names.contains(&key.as_str()))?;
    Some(unknown_key(path, stranger, &names))
}
