//! One exporter: where it is, and what its series are called beside their own labels.

use std::collections::BTreeMap;

use crate::names;
use crate::relabel::{Rule, Set};

/// What keeps a label out of the store.
const HIDDEN: &str = "__";

#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) url: String,
    /// Set on all its series: `job`, `instance` and the admin's, by name.
    pub(crate) labels: Vec<(String, String)>,
    /// Stands for each series of the scrape before, in order.
    pub(crate) known: Vec<u64>,
    /// What was wrong last time, so that the log tells changes only.
    pub(crate) trouble: Option<String>,
}

impl Target {
    /// Nothing where the rules drop it.
    pub(crate) fn new(
        labels: Vec<(String, String)>,
        params: &BTreeMap<String, Vec<String>>,
        rules: &[Rule],
    ) -> Result<Option<Target>, String> {
        let mut set = Set::of(labels.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        if !rules.iter().all(|rule| rule.apply(&mut set)) {
            return Ok(None);
        }
        let address = set.get("__address__").to_owned();
        if address.is_empty() {
            return Err("`relabel_configs` leave no `__address__`".to_owned());
        }
        let url = [set.get("__scheme__"), "://", &address, set.get("__metrics_path__"), &query(&set, params)].concat();
        if set.get("instance").is_empty() {
            set.put("instance", &address);
        }
        let mut labels: Vec<(String, String)> = set
            .iter()
            .filter(|(name, value)| !name.starts_with(HIDDEN) && !value.is_empty())
            .map(|(name, value)| (names::escaped(name, false).into_owned(), value.to_owned()))
            .collect();
        labels.sort();
        Ok(Some(Target { url, labels, known: Vec::new(), trouble: None }))
    }
}

/// The parameters, the first value of each as the rules left it.
fn query(set: &Set<'_>, params: &BTreeMap<String, Vec<String>>) -> String {
    let mut query = String::new();
    let mut add = |name: &str, value: &str| {
        // A path of its own may have a query already.
        let before = if query.is_empty() && !set.get("__metrics_path__").contains('?') { "?" } else { "&" };
        query.extend([before, &encoded(name), "=", &encoded(value)]);
    };
    for (name, value) in set.iter() {
        let Some(name) = name.strip_prefix("__param_") else { continue };
        add(name, value);
        params.get(name).into_iter().flatten().skip(1).for_each(|value| add(name, value));
    }
    query
}

/// As in a form: all but letters, digits and a few marks by their numbers.
fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let digit = |number: u8| char::from(b"0123456789ABCDEF"[usize::from(number & 15)]);
            encoded.extend(['%', digit(byte >> 4), digit(byte)]);
        }
    }
    encoded
}
