//! Which alerts of the board somebody wants to see, as an address says it.

use std::collections::BTreeSet;

use serde::Serialize;
use vitrine_model::Matcher;
use vitrine_model::silence::all_match;
use vitrine_monitor::notify::matcher;

use super::{Board, Entry, Standing};

/// What is asked of an address; longer ones are not read.
const LONGEST: usize = 4_096;
/// Labels that one may choose from to group by.
const MOST_LABELS: usize = 60;

/// As written; every part may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Wanted {
    pub(crate) q: String,
    pub(crate) state: String,
    pub(crate) group: String,
}

enum Test {
    All,
    Matchers(Vec<Matcher>),
    Words(Vec<String>),
}

/// Ready to be asked.
pub(crate) struct Filter {
    test: Test,
    standing: Option<Standing>,
}

impl Wanted {
    pub(crate) fn read(pairs: &[(String, String)]) -> Wanted {
        let last = |name: &str| {
            let found = pairs.iter().rfind(|(key, value)| key == name && value.len() <= LONGEST);
            found.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
        };
        Wanted { q: last("q"), state: last("state"), group: last("group") }
    }

    pub(crate) fn filter(&self) -> Result<Filter, String> {
        let standing = match self.state.as_str() {
            "" => None,
            word => {
                let found = Standing::ALL.into_iter().find(|one| one.word() == word);
                Some(found.ok_or_else(|| {
                    format!("there is no state `{word}`: write firing, acknowledged, pending, silenced or inhibited")
                })?)
            }
        };
        let test = match self.q.as_str() {
            "" => Test::All,
            text if text.contains(['=', '~', '{']) => {
                let conditions = matcher::parse(text)?;
                Test::Matchers(conditions.iter().map(|one| one.matcher()).collect::<Result<_, _>>()?)
            }
            text => Test::Words(text.split_whitespace().map(str::to_lowercase).collect()),
        };
        Ok(Filter { test, standing })
    }

    /// What an address says of it, with one part changed.
    pub(crate) fn address(&self, changed: &[(&str, &str)]) -> String {
        let mut text = url::form_urlencoded::Serializer::new(String::new());
        let own = [("q", self.q.as_str()), ("state", self.state.as_str()), ("group", self.group.as_str())];
        let own = own.iter().filter(|(name, _)| !changed.iter().any(|(other, _)| other == name));
        let pairs = own.chain(changed).filter(|(_, value)| !value.is_empty());
        text.extend_pairs(pairs).finish()
    }
}

impl Filter {
    /// Whether the alert is like that, whatever its state.
    pub(crate) fn is_like(&self, entry: &Entry) -> bool {
        let labels = &entry.alert.labels;
        match &self.test {
            Test::All => true,
            Test::Matchers(matchers) => all_match(matchers, labels),
            Test::Words(words) => words.iter().all(|word| {
                let mut texts = labels.iter().map(|(_, value)| value).chain(entry.alert.annotations.get("summary"));
                texts.any(|text| text.to_lowercase().contains(word))
            }),
        }
    }

    pub(crate) fn takes(&self, entry: &Entry) -> bool {
        self.standing.is_none_or(|standing| standing == entry.standing) && self.is_like(entry)
    }
}

/// The labels that alerts can be grouped by, beside the usual ones.
pub(crate) fn labels(board: &Board) -> Vec<String> {
    let usual = ["alertname", "severity", "owner"];
    let names = board.entries.iter().flat_map(|entry| entry.alert.labels.iter()).map(|(name, _)| name);
    let names: BTreeSet<&str> = names.filter(|name| !usual.contains(name)).collect();
    names.into_iter().take(MOST_LABELS).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use vitrine_model::Labels;
    use vitrine_model::alert::{Alert, AlertState};
    use vitrine_monitor::notify::Muted;

    use super::*;

    fn entry(name: &str, severity: &str, standing: Standing) -> Entry {
        let alert = Alert {
            rule: String::new(),
            labels: Labels::from_pairs([("alertname", name), ("severity", severity)]),
            annotations: Labels::from_pairs([("summary", "the Shop is slow")]),
            state: AlertState::Firing,
            active_at: 0,
            fired_at: Some(0),
            value: 1.0,
            link: String::new(),
            expires_at: None,
        };
        Entry { alert, id: name.to_owned(), standing, receivers: Vec::new(), muted: Muted::default() }
    }

    fn found(q: &str, state: &str) -> Result<Vec<String>, String> {
        let entries = [
            entry("Slow", "warning", Standing::Firing),
            entry("Down", "critical", Standing::Silenced),
            entry("Full", "critical", Standing::Firing),
        ];
        let filter = Wanted { q: q.to_owned(), state: state.to_owned(), group: String::new() }.filter()?;
        Ok(entries.iter().filter(|entry| filter.takes(entry)).map(|entry| entry.id.clone()).collect())
    }

    #[test]
    fn words_and_matchers_find() {
        assert_eq!(found("", "").unwrap_or_default(), ["Slow", "Down", "Full"]);
        assert_eq!(found("shop SLOW", "").unwrap_or_default(), ["Slow", "Down", "Full"]);
        assert_eq!(found("down", "").unwrap_or_default(), ["Down"]);
        assert_eq!(found("severity=critical", "firing").unwrap_or_default(), ["Full"]);
        assert_eq!(found("alertname=~\"F.*|S.*\", severity!=warning", "").unwrap_or_default(), ["Full"]);
        assert!(found("severity=~\"(\"", "").is_err() && found("", "loud").is_err());
    }

    #[test]
    fn addresses_say_what_is_not_usual() {
        let wanted = Wanted { q: "a b".to_owned(), state: "firing".to_owned(), group: String::new() };
        assert_eq!(wanted.address(&[]), "q=a+b&state=firing");
        assert_eq!(wanted.address(&[("state", ""), ("page", "2")]), "q=a+b&page=2");
    }
}
