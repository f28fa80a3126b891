//! Prometheus's own cases, where they are at hand: how many of them hold.
//!
//! They ask for more than is supported so far; the count may grow but not shrink.

use std::path::Path;
use std::sync::Arc;

use vitrine_model::frame::TimeRange;
use vitrine_model::{Labels, Millis, Span};

use super::memory::{Memory, numbers, split_series};
use crate::{Answer, Cancel, Engine, Expr, Limits, QueryError};

/// How many hold as of now.
const HOLD: usize = 352;

#[test]
#[expect(clippy::print_stderr, reason = "the counts are the report")]
fn prometheus_cases() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance/promql");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        eprintln!("skipped: Prometheus's cases are not at hand; they belong into {}", folder.display());
        return;
    };
    let mut paths: Vec<_> =
        entries.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|end| end == "test")).collect();
    paths.sort();
    let (mut held, mut all) = (0, 0);
    for path in paths {
        let failures = run_file(&std::fs::read_to_string(&path).unwrap());
        let holding = failures.iter().filter(|failure| failure.is_ok()).count();
        held += holding;
        all += failures.len();
        eprintln!("{}: {holding} of {}", path.file_name().unwrap_or_default().display(), failures.len());
        failures.iter().filter_map(|failure| failure.as_ref().err()).for_each(|failure| eprintln!("    {failure}"));
    }
    eprintln!("{held} of {all} hold");
    assert!(held >= HOLD, "{held} hold, {HOLD} did before");
}

fn run_file(text: &str) -> Vec<Result<(), String>> {
    let mut memory = Memory::default();
    let mut outcomes = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let mut indented = Vec::new();
        while let Some(next) = lines.next_if(|next| next.starts_with([' ', '\t'])) {
            indented.push(next.trim());
        }
        indented.retain(|line| !line.is_empty() && !line.starts_with('#'));
        if line.starts_with("clear") {
            memory = Memory::default();
        } else if let Some(step) = line.strip_prefix("load ") {
            let step = span(step.trim());
            // Native histograms cannot be loaded; the cases that ask for them will not hold.
            for line in indented {
                let _ = memory.load_line(step, line);
            }
        } else if line.starts_with("eval") {
            let samples = Arc::new(std::mem::take(&mut memory));
            outcomes.push(run_case(samples.clone(), line, &indented).map_err(|reason| format!("{line}: {reason}")));
            memory = Arc::into_inner(samples).unwrap();
        }
    }
    outcomes
}

fn span(text: &str) -> Millis {
    text.parse::<Span>().map(Span::millis).unwrap_or_else(|_| (text.parse::<f64>().unwrap() * 1e3) as Millis)
}

/// `(labels, values)`, NaN and absent told apart.
type Rows = Vec<(Labels, Vec<Option<f64>>)>;

fn run_case(samples: Arc<Memory>, line: &str, expected: &[&str]) -> Result<(), String> {
    let engine = Engine::new(samples, Limits::default());
    let fails = line.starts_with("eval_fail") || expected.iter().any(|line| line.starts_with("expect fail"));
    let words: Vec<&str> = line.split_whitespace().collect();
    let outcome = if words[1] == "instant" {
        let text = line.split_once(words[3]).unwrap().1;
        ask_instant(&engine, text.trim(), span(words[3]))
    } else {
        let text = line.split_once("step").unwrap().1.trim_start();
        let text = text.strip_prefix(words[7]).unwrap();
        ask_range(&engine, text.trim(), TimeRange { start: span(words[3]), end: span(words[5]), step: span(words[7]) })
    };
    match outcome {
        Err(QueryError::Unsupported(reason)) => Err(reason),
        Err(_) if fails => Ok(()),
        Err(error) => Err(error.to_string()),
        Ok(_) if fails => Err("should have failed".to_owned()),
        Ok(rows) => compare(rows, expected),
    }
}

fn ask_instant(engine: &Engine, text: &str, at: Millis) -> Result<Rows, QueryError> {
    Ok(match engine.instant(&Expr::parse(text)?, at, &Cancel::new())? {
        Answer::Scalar(value) => vec![(Labels::new(), vec![Some(value)])],
        Answer::Text(text) => vec![(Labels::from_pairs([("text", text)]), Vec::new())],
        Answer::Vector(series) => series.into_iter().map(|(labels, value)| (labels, vec![Some(value)])).collect(),
    })
}

fn ask_range(engine: &Engine, text: &str, range: TimeRange) -> Result<Rows, QueryError> {
    let matrix = engine.range(&Expr::parse(text)?, range, &Cancel::new())?;
    Ok(matrix.series.into_iter().map(|(labels, values)| (labels, values.into_iter().map(Some).collect())).collect())
}

fn compare(mut rows: Rows, expected: &[&str]) -> Result<(), String> {
    let ordered = expected.iter().any(|line| line.starts_with("expect ordered"));
    let mut wanted: Rows = Vec::new();
    for line in expected {
        if let Some(text) = line.strip_prefix("expect string") {
            let text = text.trim();
            wanted.push((Labels::from_pairs([("text", text[1..text.len() - 1].to_owned())]), Vec::new()));
        } else if line.starts_with("expect range") {
            return Err("a range vector".to_owned());
        } else if !line.starts_with("expect") {
            let (labels, values) = split_series(line).unwrap_or((Labels::new(), line));
            let values = values.split_whitespace().map(numbers).collect::<Option<Vec<_>>>().ok_or("a native histogram")?;
            wanted.push((labels, values.into_iter().flatten().collect()));
        }
    }
    if !ordered {
        rows.sort_by(|a, b| a.0.cmp(&b.0));
        wanted.sort_by(|a, b| a.0.cmp(&b.0));
    }
    let same = rows.len() == wanted.len() && rows.iter().zip(&wanted).all(|(row, wanted)| same_row(row, wanted));
    if same { Ok(()) } else { Err(format!("got {rows:?}, wanted {wanted:?}")) }
}

fn same_row(row: &(Labels, Vec<Option<f64>>), wanted: &(Labels, Vec<Option<f64>>)) -> bool {
    let near = |a: f64, b: f64| a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= 1e-6 * a.abs().max(b.abs());
    // A matrix has NaN where there is no value; a row of a case may end early.
    row.0 == wanted.0
        && (0..row.1.len().max(wanted.1.len())).all(|place| {
            let value = |values: &[Option<f64>]| values.get(place).copied().flatten().unwrap_or(f64::NAN);
            near(value(&row.1), value(&wanted.1))
        })
}
