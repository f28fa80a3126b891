//! What of a call is known as soon as it is written: patterns are compiled once, wrong labels refused at once.

use vitrine_model::Labels;
use vitrine_model::labels::NAME;
use vitrine_model::matcher::Test;

use super::pattern::pattern;
use super::tree::{Kind, Node, Prepared, Selector};
use crate::QueryError;
use crate::functions::registry::{Does, Function, Special};

pub(super) fn prepare(function: &Function, arguments: &[Node]) -> Result<Prepared, QueryError> {
    let texts: Vec<String> = arguments
        .iter()
        .filter_map(|argument| match &argument.bare().kind {
            Kind::Text(text) => Some(text.clone()),
            _ => None,
        })
        .collect();
    Ok(match &function.does {
        Does::Special(Special::NativeHistogram) => {
            let reason =
                "is about native histograms, which are not supported yet: keep classic ones, and ask `histogram_quantile`";
            return Err(QueryError::Unsupported(format!("`{}` {reason}", function.name)));
        }
        Does::Special(Special::LabelReplace) => replace(&texts)?,
        Does::Special(Special::LabelJoin) => {
            let [target, separator, sources @ ..] = texts.as_slice() else { return Ok(Prepared::Nothing) };
            check_label("label_join", target)?;
            sources.iter().try_for_each(|source| check_label("label_join", source))?;
            Prepared::Join { target: target.clone(), separator: separator.clone(), sources: sources.to_vec() }
        }
        Does::Special(Special::SortByLabel { .. }) => {
            texts.iter().try_for_each(|label| check_label(function.name, label))?;
            Prepared::Names(texts)
        }
        Does::Special(Special::Absent | Special::AbsentOverTime) => {
            Prepared::Absent(arguments.first().and_then(|of| of.bare().selector()).map(labels_of_absent).unwrap_or_default())
        }
        _ => Prepared::Nothing,
    })
}

fn replace(texts: &[String]) -> Result<Prepared, QueryError> {
    let [target, replacement, source, written] = texts else { return Ok(Prepared::Nothing) };
    let pattern = pattern(written).map_err(|error| match error {
        QueryError::Syntax(mistake) => format!("invalid regular expression in label_replace(): {}", mistake.reason).into(),
        other => other,
    })?;
    check_label("label_replace", target)?;
    let (target, source) = (target.clone(), source.clone());
    Ok(Prepared::Replace { target, replacement: replacement.clone(), source, pattern })
}

/// Any text may name a label, except for none and for bytes that are no text.
fn check_label(function: &str, label: &str) -> Result<(), QueryError> {
    if !label.is_empty() && !label.contains(char::REPLACEMENT_CHARACTER) {
        return Ok(());
    }
    Err(format!("invalid label name in {function}(): {label:?} is no text that names a label").into())
}

/// The labels that a missing series would surely have.
fn labels_of_absent(selector: &Selector) -> Labels {
    let matchers = &selector.matchers;
    let once = |name: &str| matchers.iter().filter(|other| other.name == name).count() == 1;
    let equals = matchers.iter().filter(|matcher| matcher.name != NAME && once(&matcher.name));
    Labels::from_pairs(equals.filter_map(|matcher| match &matcher.test {
        Test::Equal(value) => Some((matcher.name.as_str(), value.as_str())),
        _ => None,
    }))
}
