//! What a request asks for: flags, matchers, a receiver.

use vitrine_model::silence::{Condition, all_match};
use vitrine_model::{Labels, Matcher};
use vitrine_monitor::notify::{AlertView, matcher};

use super::Refused;

/// Matchers that one request may bring.
const MATCHERS: usize = 100;

/// Which alerts, groups or silences are wanted.
#[derive(Debug)]
pub(super) struct Wanted {
    active: bool,
    silenced: bool,
    inhibited: bool,
    conditions: Vec<Condition>,
    matchers: Vec<Matcher>,
    receiver: Option<Matcher>,
}

impl Wanted {
    pub(super) fn read(query: Option<&str>) -> Result<Wanted, Refused> {
        let mut wanted = Wanted {
            active: true,
            silenced: true,
            inhibited: true,
            conditions: Vec::new(),
            matchers: Vec::new(),
            receiver: None,
        };
        for (key, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            match key.as_ref() {
                "active" => wanted.active = flag(&key, &value)?,
                "silenced" => wanted.silenced = flag(&key, &value)?,
                "inhibited" => wanted.inhibited = flag(&key, &value)?,
                // Nothing here is unprocessed: an alert is in its groups before it can be asked for.
                "unprocessed" => drop(flag(&key, &value)?),
                "filter" => wanted.conditions.extend(matcher::parse(&value).map_err(Refused::bad)?),
                "receiver" => {
                    let name = Condition { is_regex: true, ..Condition::equal("receiver", value) };
                    wanted.receiver = Some(name.matcher().map_err(Refused::bad)?);
                }
                _ => {}
            }
        }
        if wanted.conditions.len() > MATCHERS {
            return Err(Refused::bad(format!("a request may have {MATCHERS} matchers")));
        }
        wanted.matchers = wanted.conditions.iter().filter_map(|condition| condition.matcher().ok()).collect();
        Ok(wanted)
    }

    pub(super) fn has_receiver(&self, name: &str) -> bool {
        self.receiver.as_ref().is_none_or(|pattern| pattern.matches_value(name))
    }

    pub(super) fn has_labels(&self, labels: &Labels) -> bool {
        all_match(&self.matchers, labels)
    }

    pub(super) fn has(&self, view: &AlertView) -> bool {
        let (silenced, inhibited) = (!view.muted.silenced_by.is_empty(), !view.muted.inhibited_by.is_empty());
        self.has_labels(&view.alert.labels)
            && (self.active || silenced || inhibited)
            && (self.silenced || !silenced)
            && (self.inhibited || !inhibited)
    }

    /// Whether a silence has matchers such as these: each that is asked for must fit the text of one of the same name.
    pub(super) fn has_conditions(&self, conditions: &[Condition]) -> bool {
        let fits = |asked: &Matcher| {
            let mut own = conditions.iter().filter(|own| own.name == asked.name).map(|own| own.value.as_str()).peekable();
            if own.peek().is_none() { asked.matches_value("") } else { own.any(|value| asked.matches_value(value)) }
        };
        self.matchers.iter().all(fits)
    }
}

fn flag(key: &str, value: &str) -> Result<bool, Refused> {
    value.parse().map_err(|_| Refused::bad(format!("`{key}` must be `true` or `false`")))
}
