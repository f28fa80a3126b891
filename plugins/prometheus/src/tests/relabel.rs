//! Every action, on labels of samples and of targets.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use super::*;
use crate::relabel::{Raw, Rule, Set};

const LABELS: [(&str, &str); 3] = [("a", "foo"), ("b", "bar"), ("c", "Baz")];

fn rule(text: &str) -> Result<Rule, String> {
    struct Parsed(Vec<Raw>);
    impl<'de> serde::Deserialize<'de> for Parsed {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            Vec::deserialize(deserializer).map(Parsed)
        }
    }
    // The SDK's own way from JSON to an option.
    struct Bare(Vec<Raw>);
    impl Source for Bare {
        type Config = Parsed;
        fn new(config: Parsed) -> Result<Self, Fault> {
            Ok(Bare(config.0))
        }
    }
    let raw = configure::<Bare>(&format!("[{}]", text.replace('\'', "\""))).map_err(|fault| fault.reason().to_owned())?.0;
    Rule::new(&raw[0])
}

/// What becomes of the labels; nothing where they are dropped.
fn becomes(text: &str, expected: Option<&[(&str, &str)]>) {
    let mut set = Set::of(LABELS);
    let is_kept = rule(text).unwrap().apply(&mut set);
    let mut labels: Vec<(&str, &str)> = set.iter().collect();
    labels.sort_unstable();
    assert_eq!(is_kept.then_some(labels.as_slice()), expected, "{text}");
}

fn with(more: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let mut labels: Vec<_> = LABELS.into_iter().filter(|(name, _)| more.iter().all(|(other, _)| name != other)).collect();
    labels.extend(more.iter().filter(|(_, value)| !value.is_empty()));
    labels.sort_unstable();
    labels
}

#[test]
fn replace_writes_what_was_found() {
    let check = |text: &str, more: &[(&'static str, &'static str)]| becomes(text, Some(&with(more)));
    check("{'source_labels':['a'],'regex':'f(.*)','target_label':'d','replacement':'ch${1}-ch${1}'}", &[("d", "choo-choo")]);
    check("{'source_labels':['a','b'],'target_label':'d'}", &[("d", "foo;bar")]);
    check("{'source_labels':['a','b'],'separator':'/','target_label':'d','replacement':'<$1>'}", &[("d", "<foo/bar>")]);
    check("{'source_labels':['a','b'],'regex':'(.*);(.*)','target_label':'${2}_x','replacement':'$1'}", &[("bar_x", "foo")]);
    check("{'target_label':'a','replacement':'new'}", &[("a", "new")]);
    check("{'source_labels':['nothing'],'target_label':'a'}", &[("a", "")]);
    // Expressions are anchored.
    check("{'source_labels':['a'],'regex':'o','target_label':'d'}", &[]);
    check("{'source_labels':['a'],'regex':'f|o','target_label':'d'}", &[]);
    check("{'source_labels':['a'],'regex':'(?P<rest>.*)','target_label':'d','replacement':'${rest}!'}", &[("d", "foo!")]);
    // What is no name is not written.
    check("{'source_labels':['a'],'regex':'(.*)','target_label':'${1}-x'}", &[]);
}

#[test]
fn keep_and_drop_decide() {
    let all = with(&[]);
    becomes("{'action':'keep','source_labels':['a'],'regex':'fo+'}", Some(&all));
    becomes("{'action':'keep','source_labels':['a'],'regex':'f'}", None);
    becomes("{'action':'drop','source_labels':['a','b'],'regex':'foo;bar'}", None);
    becomes("{'action':'drop','source_labels':['a'],'regex':'bar'}", Some(&all));
    becomes("{'action':'keepequal','source_labels':['a'],'target_label':'a'}", Some(&all));
    becomes("{'action':'keepequal','source_labels':['a'],'target_label':'b'}", None);
    becomes("{'action':'dropequal','source_labels':['a'],'target_label':'a'}", None);
    becomes("{'action':'dropequal','source_labels':['a'],'target_label':'b'}", Some(&all));
}

#[test]
fn names_are_mapped_and_dropped() {
    becomes("{'action':'labelmap','regex':'(a|b)','replacement':'x_$1'}", Some(&with(&[("x_a", "foo"), ("x_b", "bar")])));
    becomes("{'action':'labeldrop','regex':'a|b'}", Some(&[("c", "Baz")]));
    becomes("{'action':'labelkeep','regex':'a'}", Some(&[("a", "foo")]));
    becomes("{'action':'lowercase','source_labels':['c'],'target_label':'d'}", Some(&with(&[("d", "baz")])));
    becomes("{'action':'uppercase','source_labels':['a','c'],'target_label':'a'}", Some(&with(&[("a", "FOO;BAZ")])));
}

/// Computed with Python: `int.from_bytes(md5(b"foo").digest()[8:], "big") % modulus`.
#[test]
fn hashes_are_prometheus_own() {
    becomes("{'action':'hashmod','source_labels':['a'],'target_label':'d','modulus':1000}", Some(&with(&[("d", "696")])));
    becomes(
        "{'action':'hashmod','source_labels':['a','b'],'target_label':'d','modulus':18446744073709551615}",
        Some(&with(&[("d", "15973639978189266750")])),
    );
}

#[test]
fn a_rule_that_says_too_little_or_too_much_is_a_mistake() {
    for (text, reason) in [
        ("{}", "needs `target_label`"),
        ("{'target_label':'a-b'}", "is not a label name"),
        ("{'action':'hashmod','target_label':'a'}", "needs a `modulus`"),
        ("{'action':'keepequal','target_label':'a','regex':'x'}", "only"),
        ("{'action':'labeldrop','regex':'x','target_label':'a'}", "take `regex` only"),
        ("{'action':'keep','regex':'['}", "is not an expression"),
        ("{'action':'think'}", "unknown variant"),
        ("{'actoin':'keep'}", "unknown field"),
    ] {
        let error = rule(text).unwrap_err();
        assert!(error.contains(reason), "{text}: {error}");
    }
}

#[test]
fn samples_are_relabelled_before_they_are_counted() {
    let rules = ",'sample_limit':1,'metric_relabel_configs':[
        {'action':'drop','source_labels':['__name__'],'regex':'b'},
        {'action':'drop','source_labels':['__name__','x'],'regex':'a_total;1'},
        {'source_labels':['__name__'],'regex':'a_(.*)','target_label':'__name__','replacement':'renamed_$1'},
        {'action':'labeldrop','regex':'x'}]";
    let (samples, trouble) = scraped(rules, PAGE);
    assert_eq!((value(&samples, "renamed_total", &[]), trouble), (Some(6.0), None), "{samples}");
    assert_eq!(value(&samples, "scrape_samples_scraped", &[]), Some(3.0));
    assert_eq!(value(&samples, "scrape_samples_post_metric_relabeling", &[]), Some(1.0));
}

#[test]
fn targets_are_relabelled() {
    let host = Host::new();
    host.answer("https://10.0.0.1:80/probe?target=shop", page(PAGE));
    let options = "{'targets':[{'address':'shop','labels':{'team':'web'}},{'address':'not-this','labels':{'team':'db'}}],
        'path':'/probe','relabel_configs':[
        {'action':'keep','source_labels':['team'],'regex':'web'},
        {'source_labels':['__address__'],'target_label':'__param_target'},
        {'source_labels':['__param_target'],'target_label':'instance'},
        {'target_label':'__scheme__','replacement':'https'},
        {'target_label':'__tmp','replacement':'gone'},
        {'target_label':'__address__','replacement':'10.0.0.1:80'}]}";
    let samples = source(options).unwrap().collect().unwrap();
    let labels = [("job", "prometheus"), ("instance", "shop"), ("team", "web")];
    assert_eq!(samples.value("b", &labels), Some(1.5), "{samples}");
    assert_eq!(host.requests().len(), 1);
}
