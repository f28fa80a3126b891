//! Asked ahead, an expression says at each moment what it says when asked then.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use vitrine_model::Span;
use vitrine_model::labels::NAME;
use vitrine_model::sample::{Batch, Sample, stale};
use vitrine_query::Limits;
use vitrine_store::Store;

use super::*;
use crate::alert::rule;

const STEP: Millis = 15_000;
const START: Millis = 1_700_000_000_000;

const EXPRESSIONS: [&str; 19] = [
    "load > 3",
    "load",
    "vector(1) > 2",
    "max_over_time((load > 2)[1m:])",
    "5",
    "time() - 1.7e9",
    "rate(load[1m]) > 0.1",
    "avg_over_time(load[2m:30s])",
    "sum by (host) (load) > 2 unless on(host) load{host=\"b\"}",
    "topk(1, load)",
    "absent(load{host=\"c\"})",
    "load offset 1m > 3",
    "load @ 1700000100 > 0",
    "load @ start()",
    "label_replace(load, \"host\", \"x\", \"host\", \".*\")",
    "load * on() group_left() other",
    "count_over_time(load[5m]) > 3",
    "'text'",
    "load[1m]",
];

#[test]
fn it_says_the_same_as_moment_by_moment() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let sample = |name: &str, host: &str, step: Millis, value: f64| {
        (Labels::from_pairs([(NAME, name), ("host", host)]), Sample { time: START + step * STEP, value })
    };
    let loads = (0..300).flat_map(|step| [sample("load", "a", step, (step % 7) as f64), sample("load", "b", step * 2, 4.0)]);
    // Two series for a while, which makes a match of many to many; and one that ends and comes back.
    let others =
        (0..300).map(|step| sample("other", "a", step, 1.0)).chain((100..130).map(|step| sample("other", "b", step, 1.0)));
    let gone = (0..300).map(|step| sample("load", "c", step, if (40..60).contains(&step) { 2.0 } else { stale() }));
    let samples = loads.chain(others).chain(gone).chain([sample("other", "b", 131, stale())]).collect();
    store.samples().append(&[Batch { families: Vec::new(), samples }]).unwrap();
    let engine = Engine::new(store.samples(), Limits::default());
    let rules: Vec<_> = EXPRESSIONS.iter().map(|expr| serde_json::json!({ "alert": "A", "expr": expr })).collect();
    let file = serde_json::json!({ "groups": [{ "name": "g", "interval": "15s", "rules": rules }] });
    let groups = rule::check("f", &serde_json::from_value(file).unwrap(), Span::from_secs(15)).unwrap();
    let ahead = Ahead::new(engine.clone(), &groups, &["r".to_owned()], START + 400 * STEP);
    assert_eq!(ahead.every.len(), EXPRESSIONS.len() - 1, "one of them is about ranges");
    for rule in &groups[0].rules {
        let Rule::Alert(rule) = rule else { panic!("no alert") };
        for step in 0..400 {
            let at = START + step * STEP + 7;
            let sorted = |answer: Result<Vec<(Labels, f64)>, String>| {
                let mut answer = answer?;
                answer.sort_by(|a, b| a.0.cmp(&b.0));
                Ok::<_, String>(answer)
            };
            let (one, other) = (sorted(ahead.vector(&rule.expr, at)), sorted(engine.vector(&rule.expr, at)));
            assert_eq!(one, other, "{} at {step}", rule.expr.text());
        }
    }
}
