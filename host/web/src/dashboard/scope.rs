//! What a viewer looks at: which time, in which zone, of what, in which language. Whoever has the same scope sees the same
//! evaluation.

mod look;
pub mod time;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::tz::TimeZone;

pub use look::Looks;
pub use time::{Moment, Time};

use crate::draw::look::Look;
use crate::page::reader::{Language, Reader};

/// In an address, what stands for all values of a variable.
pub const ALL: &str = "$__all";
/// In an address, what names of variables begin with.
const PREFIX: &str = "var-";
/// Variables, values of one, and bytes of one value that an address may have.
const MOST_VARIABLES: usize = 50;
const MOST_VALUES: usize = 200;
const MOST_BYTES: usize = 1_024;

/// What was chosen of one variable.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Chosen {
    /// Whatever values there are.
    All,
    These(Vec<String>),
}

/// What an address asks for; what it leaves out is the dashboard's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Asked {
    pub time: Option<Time>,
    /// An IANA name.
    pub zone: Option<String>,
    /// No address says it: whoever reads does.
    pub language: Language,
    pub chosen: BTreeMap<String, Chosen>,
    /// How single panels are looked at.
    pub looks: Looks,
}

/// What a dashboard is looked at with, complete: of each variable what was chosen, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Scope {
    pub time: Time,
    /// An IANA name.
    pub zone: String,
    pub language: Language,
    pub chosen: Arc<BTreeMap<String, Chosen>>,
    /// Of panels that there are.
    pub looks: Arc<Looks>,
}

impl Asked {
    /// As somebody reads it.
    #[must_use]
    pub(crate) fn read_by(self, reader: Reader) -> Asked {
        Asked { language: reader.language, ..self }
    }

    /// Reads `range=6h` or `from=now-6h&to=now`, `tz=Europe/Lisbon`, and `var-host=a&var-host=b`; what else an address
    /// holds is for others.
    pub fn parse(pairs: &[(String, String)]) -> Result<Asked, String> {
        let mut asked = Asked::default();
        let last =
            |name: &str| pairs.iter().rfind(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_str());
        asked.time = Time::parse(last("range"), last("from"), last("to"))?;
        if let Some(zone) = last("tz") {
            asked.zone = Some(parse_zone(zone)?);
        }
        for (key, value) in pairs {
            match key.strip_prefix(PREFIX) {
                Some(name) => asked.choose(name, value)?,
                None => look::read(&mut asked.looks, key, value)?,
            }
        }
        asked.looks.retain(|_, look| *look != Look::default());
        Ok(asked)
    }

    fn choose(&mut self, name: &str, value: &str) -> Result<(), String> {
        if name.len() > MOST_BYTES || value.len() > MOST_BYTES {
            return Err(format!("a variable's value is longer than {MOST_BYTES} bytes"));
        }
        if self.chosen.len() >= MOST_VARIABLES && !self.chosen.contains_key(name) {
            return Err(format!("the address has more than {MOST_VARIABLES} variables"));
        }
        let chosen = self.chosen.entry(name.to_owned()).or_insert_with(|| Chosen::These(Vec::new()));
        match chosen {
            Chosen::All => {}
            _ if value == ALL => *chosen = Chosen::All,
            Chosen::These(values) if values.len() >= MOST_VALUES => {
                return Err(format!("`{name}` has more than {MOST_VALUES} values: choose all of them instead"));
            }
            Chosen::These(values) if values.iter().any(|other| other == value) => {}
            Chosen::These(values) => values.push(value.to_owned()),
        }
        Ok(())
    }
}

/// A zone's IANA name; `utc` is one.
pub fn parse_zone(text: &str) -> Result<String, String> {
    let name = if text.eq_ignore_ascii_case("utc") { "UTC" } else { text };
    let zone =
        TimeZone::get(name).map_err(|_| format!("`{text}` is not a time zone: write an IANA name such as `Europe/Berlin`"))?;
    Ok(zone.iana_name().unwrap_or("UTC").to_owned())
}

impl Scope {
    pub fn zone(&self) -> TimeZone {
        TimeZone::get(&self.zone).unwrap_or(TimeZone::UTC)
    }

    /// The pairs of an address that asks for this.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let mut pairs = self.time.pairs();
        for (name, chosen) in self.chosen.iter() {
            let key = format!("{PREFIX}{name}");
            match chosen {
                Chosen::All => pairs.push((key, ALL.to_owned())),
                // An empty value says that none is wanted, where leaving it out would say that the usual one is.
                Chosen::These(values) if values.is_empty() => pairs.push((key, String::new())),
                Chosen::These(values) => pairs.extend(values.iter().map(|value| (key.clone(), value.clone()))),
            }
        }
        pairs.extend(self.looks.iter().flat_map(|(id, look)| look.pairs(id)));
        pairs
    }

    /// Whatever single panels are looked at like.
    pub fn plain(&self) -> Scope {
        Scope { looks: Arc::default(), ..self.clone() }
    }

    pub fn look(&self, panel: &str) -> Look {
        self.looks.get(panel).cloned().unwrap_or_default()
    }

    /// The part of an address after its `?`.
    pub fn address(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(self.pairs()).finish()
    }
}

impl From<&Scope> for Asked {
    fn from(scope: &Scope) -> Asked {
        let (chosen, looks) = (scope.chosen.as_ref().clone(), scope.looks.as_ref().clone());
        Asked { time: Some(scope.time), zone: Some(scope.zone.clone()), language: scope.language, chosen, looks }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
mod tests {
    use super::*;

    fn parse(address: &str) -> Result<Asked, String> {
        let pairs: Vec<(String, String)> = url::form_urlencoded::parse(address.as_bytes()).into_owned().collect();
        Asked::parse(&pairs)
    }

    #[test]
    fn addresses_are_read_and_written() {
        let asked = parse("var-host=a&var-host=b&var-host=a&var-mode=%24__all&range=6h&tz=utc&kiosk=1").unwrap();
        assert_eq!(asked.chosen["host"], Chosen::These(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!((&asked.chosen["mode"], asked.zone.as_deref()), (&Chosen::All, Some("UTC")));
        let scope = Scope {
            time: asked.time.unwrap(),
            zone: "UTC".to_owned(),
            language: Language::default(),
            chosen: Arc::new(asked.chosen.clone()),
            looks: Arc::default(),
        };
        assert_eq!(scope.address(), "range=6h&var-host=a&var-host=b&var-mode=%24__all");
        assert_eq!(parse(&scope.address()).unwrap().chosen, asked.chosen);
    }

    #[test]
    fn single_panels_are_looked_at_in_their_own_ways() {
        let text = "range=6h&p0.page=3&p0.sort=-In+use&p1-a.filter=a%26b&p1-a.level=warning";
        let asked = parse(&format!("{text}&x.other=1&.page=2&p2.page=1&p3.filter=")).unwrap();
        let scope = Scope {
            time: asked.time.unwrap(),
            zone: "UTC".to_owned(),
            language: Language::default(),
            chosen: Arc::default(),
            looks: Arc::new(asked.looks.clone()),
        };
        assert_eq!(scope.address(), text);
        assert_eq!(
            (scope.look("p0").page, scope.look("none"), scope.plain().address()),
            (2, Look::default(), "range=6h".to_owned())
        );
        assert!(parse("p0.page=x").is_err() && parse(&format!("p0.filter={}", "x".repeat(201))).is_err());
        assert!(parse(&(0..21).map(|place| format!("p{place}.filter=x")).collect::<Vec<_>>().join("&")).is_err());
        assert_eq!(parse("p0.page=0&p1.page=99999999999").unwrap().looks["p1"].page, 999_999);
    }

    #[test]
    fn what_an_address_holds_is_bounded() {
        let many = |count: usize| (0..count).map(|place| format!("var-a={place}")).collect::<Vec<_>>().join("&");
        assert!(parse(&many(MOST_VALUES)).is_ok());
        assert!(parse(&many(MOST_VALUES + 1)).is_err());
        assert!(parse(&format!("var-a={}", "x".repeat(MOST_BYTES + 1))).is_err());
        let names = (0..=MOST_VARIABLES).map(|place| format!("var-v{place}=1")).collect::<Vec<_>>().join("&");
        assert!(parse(&names).is_err());
        assert!(parse("tz=Mars/Base").is_err());
    }
}
