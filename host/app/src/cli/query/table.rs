//! Answers as lines of text.

use std::collections::BTreeSet;
use std::io::Write;

use jiff::tz::TimeZone;
use vitrine_model::labels::NAME;

use super::answer::{Answer, Series};
use super::shown;

const PATTERN: &str = "%Y-%m-%d %H:%M:%S";

/// At one moment a line for each series; of a range each series with its values below it.
pub(super) fn table(out: &mut impl Write, answer: &Answer, zone: &TimeZone) -> std::io::Result<()> {
    if answer.series.is_empty() {
        return writeln!(out, "no series");
    }
    if answer.is_range {
        for series in &answer.series {
            writeln!(out, "{}", series.labels)?;
            for (time, value) in &series.points {
                writeln!(out, "  {}  {value}", shown(*time, zone, PATTERN))?;
            }
        }
        return Ok(());
    }
    let name = |series: &Series| if series.labels.is_empty() { String::new() } else { series.labels.to_string() };
    let names: Vec<String> = answer.series.iter().map(name).collect();
    let widest = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    for (series, name) in answer.series.iter().zip(names) {
        for (_, value) in &series.points {
            let gap = if widest == 0 { "" } else { "  " };
            writeln!(out, "{name:<widest$}{gap}{value}")?;
        }
    }
    Ok(())
}

/// `time` in seconds, `value`, and a column for each label of any series.
pub(super) fn csv(out: &mut impl Write, answer: &Answer) -> std::io::Result<()> {
    let labels = answer.series.iter().flat_map(|series| series.labels.iter().map(|(name, _)| name));
    let labels: BTreeSet<&str> = labels.collect();
    // The metric's name first, as everybody looks for it.
    let (first, rest): (Vec<&str>, Vec<&str>) = labels.into_iter().partition(|name| *name == NAME);
    let names = [vec!["time", "value"], first, rest].concat();
    let header: Vec<String> = names.iter().map(|name| quoted(name)).collect();
    writeln!(out, "{}", header.join(","))?;
    for series in &answer.series {
        let labels: Vec<String> = names[2..].iter().map(|name| quoted(series.labels.get(name).unwrap_or(""))).collect();
        for (time, value) in &series.points {
            let mut cells = vec![(*time as f64 / 1000.0).to_string(), quoted(value)];
            cells.extend(labels.iter().cloned());
            writeln!(out, "{}", cells.join(","))?;
        }
    }
    Ok(())
}

fn quoted(text: &str) -> String {
    if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn check(data: &Value, as_table: &str, as_csv: &str) {
        let answer = Answer::read(data).unwrap();
        let (mut out, mut other) = (Vec::new(), Vec::new());
        table(&mut out, &answer, &TimeZone::UTC).unwrap();
        csv(&mut other, &answer).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), as_table);
        assert_eq!(String::from_utf8(other).unwrap(), as_csv);
    }

    #[test]
    fn all_kinds_of_answers_have_lines() {
        let metric = json!({ "__name__": "up", "job": "a,b" });
        check(
            &json!({ "resultType": "vector", "result": [
                { "metric": metric, "value": [1.5, "1"] }, { "metric": { "job": "c" }, "value": [1.5, "NaN"] }
            ] }),
            "up{job=\"a,b\"}  1\n{job=\"c\"}      NaN\n",
            "time,value,__name__,job\n1.5,1,up,\"a,b\"\n1.5,NaN,,c\n",
        );
        check(
            &json!({ "resultType": "matrix", "result": [{ "metric": metric, "values": [[0, "1"], [60, "2"]] }] }),
            "up{job=\"a,b\"}\n  1970-01-01 00:00:00  1\n  1970-01-01 00:01:00  2\n",
            "time,value,__name__,job\n0,1,up,\"a,b\"\n60,2,up,\"a,b\"\n",
        );
        check(&json!({ "resultType": "scalar", "result": [3, "0.5"] }), "0.5\n", "time,value\n3,0.5\n");
        check(&json!({ "resultType": "vector", "result": [] }), "no series\n", "time,value\n");
        assert_eq!(Answer::read(&json!({ "result": [] })), None);
    }
}
