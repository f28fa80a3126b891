//! Which alerts are not told because of others. Pure.
//!
//! As in Alertmanager: while an alert fires that the source's matchers fit, alerts that the target's matchers fit are not told,
//! where both have the same values of the labels `equal`. One that fits both sides is not inhibited by others that do.

use std::collections::HashMap;

use vitrine_model::silence::all_match;
use vitrine_model::{Labels, Matcher};

/// A rule that is sound.
#[derive(Debug, Clone)]
pub struct Inhibition {
    pub name: String,
    pub source: Vec<Matcher>,
    pub target: Vec<Matcher>,
    pub equal: Vec<String>,
}

impl Inhibition {
    fn values(&self, labels: &Labels) -> Vec<String> {
        self.equal.iter().map(|name| labels.get(name).unwrap_or("").to_owned()).collect()
    }
}

/// The sources that fire now, found by the values that have to be equal: asking costs a look-up for each rule.
#[derive(Debug, Default)]
pub struct Inhibitions {
    rules: Vec<(Inhibition, HashMap<Vec<String>, Sources>)>,
}

/// Which of them come first: some that fit the source only, and some that fit both sides.
#[derive(Debug, Default)]
struct Sources {
    one_sided: Option<Labels>,
    two_sided: Option<Labels>,
}

impl Inhibitions {
    pub fn new<'a>(rules: &[Inhibition], firing: impl Iterator<Item = &'a Labels> + Clone) -> Inhibitions {
        let index = |rule: &Inhibition| {
            let mut sources: HashMap<Vec<String>, Sources> = HashMap::new();
            for labels in firing.clone().filter(|labels| all_match(&rule.source, labels)) {
                let found = sources.entry(rule.values(labels)).or_default();
                let place = if all_match(&rule.target, labels) { &mut found.two_sided } else { &mut found.one_sided };
                // Always the same one of many, so that what is told of it does not change from look to look.
                if place.as_ref().is_none_or(|known| labels < known) {
                    *place = Some(labels.clone());
                }
            }
            (rule.clone(), sources)
        };
        Inhibitions { rules: rules.iter().map(index).collect() }
    }

    /// An alert because of which this one is not told, and the rule that says so.
    pub fn source_of(&self, labels: &Labels) -> Option<(&Labels, &str)> {
        self.rules.iter().find_map(|(rule, sources)| {
            if sources.is_empty() || !all_match(&rule.target, labels) {
                return None;
            }
            let found = sources.get(&rule.values(labels))?;
            let two_sided = || found.two_sided.as_ref().filter(|_| !all_match(&rule.source, labels));
            let source = found.one_sided.as_ref().or_else(two_sided)?;
            Some((source, rule.name.as_str()))
        })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;
    use crate::notify::matcher::parse;

    fn rule(source: &str, target: &str, equal: &[&str]) -> Inhibition {
        let read = |text: &str| parse(text).unwrap().iter().map(|condition| condition.matcher().unwrap()).collect();
        let equal = equal.iter().map(|name| (*name).to_owned()).collect();
        Inhibition { name: "rule".to_owned(), source: read(source), target: read(target), equal }
    }

    fn labels(text: &str) -> Labels {
        Labels::from_pairs(text.split(',').filter_map(|pair| pair.split_once('=')))
    }

    fn inhibited(rule: Inhibition, firing: &[&str], asked: &str) -> bool {
        let firing: Vec<Labels> = firing.iter().map(|text| labels(text)).collect();
        Inhibitions::new(&[rule], firing.iter()).source_of(&labels(asked)).is_some()
    }

    #[test]
    fn a_source_inhibits_its_targets() {
        let critical = || rule("severity=critical", "severity=warning", &["alertname", "instance"]);
        let firing = ["alertname=Disk,instance=a,severity=critical"];
        for (asked, wanted) in [
            ("alertname=Disk,instance=a,severity=warning", true),
            ("alertname=Disk,instance=b,severity=warning", false),
            ("alertname=Disk,instance=a,severity=critical", false),
            ("alertname=Disk,severity=warning", false),
        ] {
            assert_eq!(inhibited(critical(), &firing, asked), wanted, "{asked}");
        }
        // A label that both lack is equal.
        assert!(inhibited(critical(), &["alertname=Disk,severity=critical"], "alertname=Disk,severity=warning"));
    }

    #[test]
    fn what_fits_both_sides_is_not_inhibited_by_its_like() {
        let both = || rule("severity=~\"critical|warning\"", "severity=warning", &["instance"]);
        let warning = "alertname=A,instance=a,severity=warning";
        assert!(!inhibited(both(), &[warning], warning), "not by itself");
        assert!(!inhibited(both(), &[warning, "alertname=B,instance=a,severity=warning"], warning), "nor by its like");
        assert!(inhibited(both(), &[warning, "alertname=B,instance=a,severity=critical"], warning));
    }
}
