//! Links of dashboards, rows, panels and tables' rows. Where one leads to is the author's; values only fill in a part of it.

use serde::Serialize;

use crate::dashboard::template::{Format, Part, Template};
use crate::dashboard::values::Values;

/// A link, as written or filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Link {
    pub title: String,
    pub address: String,
}

/// In an address, the time and the variables that are looked at.
pub const SCOPE: &str = "__scope";

impl Link {
    /// With its variables; `scope` is the part of an address that asks for what is looked at.
    pub fn fill(&self, values: &Values, scope: &str) -> Link {
        let mut values = values.clone();
        values.set(SCOPE, crate::dashboard::values::Value::of([scope]));
        let title = Template::parse(&self.title).map_or_else(|_| self.title.clone(), |title| title.fill(&values));
        let address = Template::parse(&self.address).map_or_else(|_| self.address.clone(), |address| fill(&address, &values));
        Link { title, address }
    }
}

fn fill(address: &Template, values: &Values) -> String {
    let mut filled = String::new();
    for part in address.parts() {
        match part {
            Part::Text(range) => filled.push_str(&address.text()[range.clone()]),
            Part::Dollar => filled.push('$'),
            Part::Use(used) => match values.get(&used.name) {
                Some(value) if used.name == SCOPE => filled.push_str(&value.values().concat()),
                // `?var-host=$host` names each of several values.
                Some(value) => match (parameter(&filled), value.values()) {
                    (Some(name), several) if several.len() > 1 && used.format == Format::Usual => {
                        let each: Vec<String> = several.iter().map(|one| escape(one)).collect();
                        filled.push_str(&each.join(&format!("&{name}=")));
                    }
                    (_, values) => filled.push_str(&values.iter().map(|one| escape(one)).collect::<Vec<_>>().join(",")),
                },
                None => filled.push_str(&address.text()[used.place.clone()]),
            },
        }
    }
    filled
}

/// The name of the parameter whose value comes next.
fn parameter(address: &str) -> Option<String> {
    let (_, query) = address.split_once('?')?;
    query.rsplit('&').next()?.strip_suffix('=').map(str::to_owned)
}

pub(crate) fn escape(value: &str) -> String {
    Format::Url.write(&[value.to_owned()])
}

/// Whether it leads where its author wanted, whatever the values: a page of this host, or a web page whose host is written out.
pub fn check(address: &str) -> Result<(), String> {
    let sure = address.split(['$', '{']).next().unwrap_or_default();
    let own = sure.starts_with('/') && !sure.starts_with("//") && !sure.starts_with("/\\");
    let beyond = sure.strip_prefix("https://").or_else(|| sure.strip_prefix("http://"));
    let is_whole = beyond.is_some_and(|rest| {
        let host = rest.split('/').next().unwrap_or_default();
        // Without a slash after it, a value could go on with the host's name.
        !host.is_empty() && (rest.contains('/') || sure.len() == address.len())
    });
    if own || is_whole { Ok(()) } else { Err(format!("`{address}` does not say where it leads")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dashboard::values::Value;

    #[test]
    fn values_fill_in_a_part() {
        let mut values = Values::default();
        values.set("host", Value::of(["a b", "c&d"]));
        values.set("one", Value::of(["x/y"]));
        let link = |address: &str| Link { title: "Of $one".to_owned(), address: address.to_owned() };
        let check = |address: &str, expected: &str| assert_eq!(link(address).fill(&values, "range=1h&var-x=1").address, expected);
        check("/d/one?var-host=$host", "/d/one?var-host=a%20b&var-host=c%26d");
        check("/d/$one?$__scope", "/d/x%2Fy?range=1h&var-x=1");
        check("https://wiki.example/$host", "https://wiki.example/a%20b,c%26d");
        assert_eq!(link("/").fill(&values, "").title, "Of x/y");
    }

    #[test]
    fn a_link_says_where_it_leads() {
        for good in ["/d/a", "/d/$host", "https://a.example", "https://a.example/$x", "http://a.example:80/?q={{x}}"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in ["", "a", "//a", "/\\a", "$x", "https://$x/", "https://a.example$x", "javascript:x", "{{x}}", "https:///x"] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }
}
