//! Whatever an exporter shows, the host takes the batch: one bad exporter must not cost the others their samples.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::test_runner::{Config, TestRunner};
use vitrine_sdk::source::Batch;

use super::*;
use crate::names::is_label_name;

const NAMES: [&str; 12] = ["a", "a_b", "a.b", "a:b", "0", "..name..", "job", "instance", "source", "exported_job", "ä", "up"];

fn text() -> impl Strategy<Value = String> {
    let name = || prop_oneof![(0..NAMES.len()).prop_map(|place| NAMES[place].to_owned()), "[^\"\\\\\n]{1,5}"];
    let value = prop_oneof!["[^\"\\\\\n]{0,4}", Just("x".repeat(5_000))];
    let label = (name(), value).prop_map(|(name, value)| format!("\"{name}\"=\"{value}\""));
    let line = (name(), vec(label, 0..5), any::<f64>(), any::<Option<i64>>());
    let line = line.prop_map(|(name, labels, value, time)| {
        let time = time.map_or(String::new(), |time| format!(" {time}"));
        format!("# TYPE \"{name}\" gauge\n{{\"{name}\",{}}} {value}{time}\n", labels.join(","))
    });
    vec(line, 0..8).prop_map(|lines| lines.concat())
}

/// What the host asks of a batch: see `vitrine:plugin/collector`.
fn is_sound(batch: &Batch) {
    let mut start = 0;
    for end in &batch.ends {
        let row = &batch.labels[start..*end as usize];
        start = *end as usize;
        let pairs: Vec<(&str, &str)> = row
            .chunks(2)
            .map(|pair| (batch.symbols[pair[0] as usize].as_str(), batch.symbols[pair[1] as usize].as_str()))
            .collect();
        let names: BTreeSet<&str> = pairs.iter().map(|(name, _)| *name).collect();
        assert_eq!(names.len(), pairs.len(), "a label comes twice in {pairs:?}");
        assert!(pairs.iter().all(|(name, value)| is_label_name(name) && !value.is_empty() && value.len() <= 4_096), "{pairs:?}");
        let metric = pairs[0].1;
        assert!(pairs[0].0 == "__name__" && is_label_name(&metric.replace(':', "_")), "{metric}");
    }
    assert!(batch.times.iter().all(|time| (0..=253_402_300_799_999).contains(time)));
    assert!(batch.times.is_empty() || batch.times.len() == batch.values.len());
}

#[test]
fn the_host_takes_whatever_comes() {
    let mut runner = TestRunner::new(Config { cases: 512, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&(text(), any::<bool>()), |(text, honor)| {
        let host = Host::new();
        host.answer(URL, page(&text));
        host.answer("http://web-2:9100/metrics", page("b 1\n"));
        let options = format!("{{'targets':['web-1:9100','web-2:9100'],'honor_labels':{honor}}}");
        let samples = source(&options).unwrap().collect().unwrap();
        assert_eq!(samples.value("b", &[("job", "prometheus"), ("instance", "web-2:9100")]), Some(1.0));
        is_sound(&Batch::from(samples));
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}
