//! One rule: read, and applied to labels.

use md5::{Digest, Md5};
use regex_lite::{Captures, Regex};
use serde::Deserialize;

use super::Set;
use crate::names::is_label_name;

/// How large a compiled expression may be: it is the admin's, and the guest's memory is small.
const EXPRESSION_BYTES: usize = 4 << 20;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Action {
    #[default]
    Replace,
    Keep,
    Drop,
    HashMod,
    LabelMap,
    LabelDrop,
    LabelKeep,
    Lowercase,
    Uppercase,
    KeepEqual,
    DropEqual,
}

/// A rule as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Raw {
    #[serde(default)]
    action: Action,
    source_labels: Option<Vec<String>>,
    separator: Option<String>,
    regex: Option<String>,
    target_label: Option<String>,
    replacement: Option<String>,
    modulus: Option<u64>,
}

#[derive(Debug)]
pub(crate) struct Rule {
    action: Action,
    sources: Vec<String>,
    separator: String,
    /// Nothing where everything matches, as a whole.
    regex: Option<Regex>,
    target: String,
    replacement: String,
    modulus: u64,
}

impl Rule {
    pub(crate) fn new(raw: &Raw) -> Result<Rule, String> {
        check(raw)?;
        let regex = raw.regex.as_deref().filter(|text| *text != "(.*)").map(expression).transpose()?;
        Ok(Rule {
            action: raw.action,
            sources: raw.source_labels.clone().unwrap_or_default(),
            separator: raw.separator.clone().unwrap_or_else(|| ";".to_owned()),
            regex,
            target: raw.target_label.clone().unwrap_or_default(),
            replacement: raw.replacement.clone().unwrap_or_else(|| "$1".to_owned()),
            modulus: raw.modulus.unwrap_or(1),
        })
    }

    /// False where the rule drops what has these labels.
    pub(crate) fn apply(&self, set: &mut Set<'_>) -> bool {
        match self.action {
            Action::Keep => return self.matches(&self.value(set)),
            Action::Drop => return !self.matches(&self.value(set)),
            Action::KeepEqual => return self.value(set) == set.get(&self.target),
            Action::DropEqual => return self.value(set) != set.get(&self.target),
            Action::Replace => self.replace(set),
            Action::HashMod => set.put(&self.target, &(hash(&self.value(set)) % self.modulus).to_string()),
            Action::Lowercase => set.put(&self.target, &self.value(set).to_lowercase()),
            Action::Uppercase => set.put(&self.target, &self.value(set).to_uppercase()),
            Action::LabelMap => self.map(set),
            Action::LabelDrop => set.retain(|name| !self.matches(name)),
            Action::LabelKeep => set.retain(|name| self.matches(name)),
        }
        true
    }

    fn value(&self, set: &Set<'_>) -> String {
        let mut value = String::new();
        for (place, source) in self.sources.iter().enumerate() {
            if place > 0 {
                value.push_str(&self.separator);
            }
            value.push_str(set.get(source));
        }
        value
    }

    fn matches(&self, text: &str) -> bool {
        self.regex.as_ref().is_none_or(|regex| regex.is_match(text))
    }

    fn replace(&self, set: &mut Set<'_>) {
        let value = self.value(set);
        let Some(target) = self.fill(&self.target, &value) else { return };
        if is_label_name(&target) {
            set.put(&target, &self.fill(&self.replacement, &value).unwrap_or_default());
        }
    }

    fn map(&self, set: &mut Set<'_>) {
        let mapped: Vec<(String, String)> =
            set.iter().filter_map(|(name, value)| Some((self.fill(&self.replacement, name)?, value.to_owned()))).collect();
        for (name, value) in mapped.iter().filter(|(name, _)| !name.is_empty()) {
            set.put(name, value);
        }
    }

    /// A template with what the expression found; nothing where it does not match.
    fn fill(&self, template: &str, text: &str) -> Option<String> {
        let mut filled = String::new();
        match &self.regex {
            Some(regex) => {
                let found: Captures<'_> = regex.captures(text)?;
                found.expand(template, &mut filled);
            }
            None if !template.contains('$') => filled.push_str(template),
            None if template == "$1" => filled.push_str(text),
            None => expression("(.*)").ok()?.captures(text)?.expand(template, &mut filled),
        }
        Some(filled)
    }
}

/// What an action must have, and what would say nothing.
fn check(raw: &Raw) -> Result<(), String> {
    use Action::{DropEqual, HashMod, KeepEqual, LabelDrop, LabelKeep, Lowercase, Replace, Uppercase};
    let wrong = |reason: &str| Err(reason.to_owned());
    let target = raw.target_label.as_deref().unwrap_or_default();
    let writes = matches!(raw.action, Replace | HashMod | Lowercase | Uppercase | KeepEqual | DropEqual);
    if writes && target.is_empty() {
        return wrong("the action needs `target_label`");
    }
    // In a template the name shows only once it is filled.
    if writes && !(is_label_name(target) || (raw.action == Replace && target.contains('$'))) {
        return Err(["`target_label`: `", target, "` is not a label name"].concat());
    }
    if raw.action == HashMod && raw.modulus.is_none_or(|modulus| modulus == 0) {
        return wrong("`hashmod` needs a `modulus` of 1 or more");
    }
    let has_more = raw.regex.is_some() || raw.separator.is_some() || raw.replacement.is_some() || raw.modulus.is_some();
    if matches!(raw.action, KeepEqual | DropEqual) && has_more {
        return wrong("`keepequal` and `dropequal` take `source_labels` and `target_label` only");
    }
    let rest = raw.source_labels.is_some() || raw.separator.is_some() || raw.target_label.is_some();
    if matches!(raw.action, LabelDrop | LabelKeep) && (rest || raw.replacement.is_some() || raw.modulus.is_some()) {
        return wrong("`labeldrop` and `labelkeep` take `regex` only");
    }
    Ok(())
}

/// An expression for a text from beginning to end.
fn expression(text: &str) -> Result<Regex, String> {
    let whole = ["^(?s:", text, ")$"].concat();
    let built = regex_lite::RegexBuilder::new(&whole).size_limit(EXPRESSION_BYTES).build();
    built.map_err(|error| ["`regex`: ", text, " is not an expression: ", &error.to_string()].concat())
}

/// The last eight bytes of the MD5, as Prometheus takes them.
fn hash(text: &str) -> u64 {
    let digest = Md5::digest(text.as_bytes());
    digest.iter().skip(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}
