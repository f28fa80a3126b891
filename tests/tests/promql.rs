//! The engine against Prometheus's own cases, and the language they are written in.

use vitrine_tests::{promql, repository};

#[test]
#[expect(clippy::print_stderr, reason = "whoever runs the tests must see that these were left out")]
fn prometheus_cases_hold() {
    let folder = repository().join("../shared/conformance/promql");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        eprintln!("LEFT OUT: Prometheus's own cases are not at hand; they belong into {}", folder.display());
        return;
    };
    let paths = entries.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|end| end == "test"));
    let (mut passed, mut failures, mut remarks) = (0, Vec::new(), 0);
    for path in paths {
        let outcome = promql::run(&std::fs::read_to_string(&path).unwrap());
        passed += outcome.passed;
        remarks += outcome.remarks.len();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        failures.extend(outcome.failures.iter().map(|failure| format!("{name}:{}: {}", failure.line, failure.text)));
    }
    assert!(failures.is_empty(), "{} of {} fail:\n{}", failures.len(), passed + failures.len(), failures.join("\n"));
    assert!(passed >= 510, "only {passed} cases were found");
    // Three cases ask for an info about histograms that were cut out of the files.
    assert!(remarks <= 3, "{remarks} remarks");
}

/// What the runner must see, and what it must not trip over.
const SCRIPT: &str = r#"
# A comment.
load 1m
  metric{job="a"} 1+1x10
  metric{job="b"} 1 _ 3 stale NaN
  {"odd.name", job="c"} 5x10
  native{job="a"} {{schema:0 count:1}}x10

eval instant at 2m metric{job="a"}
  metric{job="a"} 3

eval instant at 2m metric{job="a"}
  metric{job="a"} 4

eval instant at 1m sum(native)
  {} 1

eval instant at 1m metric
  native {{schema:0 count:1}}

eval range from 0 to 4m step 1m metric{job="b"}
  metric{job="b"} 1 1 3 _ NaN

eval instant at 1m 1 +
  expect fail regex: parse|unexpected

eval instant at 1m metric + on() metric
  expect fail msg: many-to-many matching not allowed

eval_fail instant at 1m metric

eval instant at 1m rate(metric[5m])
  expect info msg: PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "metric" (1:6)
  {job="a"} 0.005

eval instant at 1m metric{job="a"}[90s]
  expect range vector from 0 to 1m step 1m
  metric{job="a"} 1 2

eval_ordered instant at 2m sort_desc(metric)
  metric{job="a"} 3
  metric{job="b"} 3

eval instant at 2m {"odd.name"}
  {"odd.name", job="c"} 5

nonsense
load 1m
  metric{ 1 2
"#;

#[test]
fn the_runner_tells_right_from_wrong() {
    let outcome = promql::run(SCRIPT);
    let lines: Vec<usize> = outcome.failures.iter().map(|failure| failure.line).collect();
    let told: Vec<String> = outcome.failures.iter().map(|failure| format!("{}: {}", failure.line, failure.text)).collect();
    // A wrong value, two times histograms, no failure, no command, no series.
    assert_eq!(lines, [12, 15, 18, 30, 47, 49], "{told:#?}");
    assert_eq!(outcome.passed, 8, "{told:#?}");
    assert!(told[1].contains("native histograms of line 7"), "{told:#?}");
}
