//! The samples of another host, read over its API. Nothing is ever written.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use serde_json::Value;
use vitrine_model::matcher::Test;
use vitrine_model::port::StoreError;
use vitrine_model::port::samples::{Appended, Bounds, Hint, Keep, Samples, Select, Take};
use vitrine_model::push::Push;
use vitrine_model::sample::{Family, MetricKind};
use vitrine_model::{Labels, Matcher, Millis};

use crate::cli::ask;

/// Below such spans all samples are read: they are few enough.
const LEAST_SPAN: Millis = 300_000;
/// Times before this are nobody's: the API has years of four digits only.
const EARLIEST: Millis = 0;

pub(super) struct Remote {
    address: String,
}

type Found = BTreeMap<Labels, Vec<(Millis, f64)>>;

impl Remote {
    pub(super) fn new(address: String) -> Remote {
        Remote { address }
    }

    fn get(&self, path: &str, parameters: &[(&str, String)]) -> Result<Value, StoreError> {
        let text = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
        let answer = ask::ask(&self.address, &format!("{path}?{text}"));
        let (status, answer) = answer.map_err(|error| StoreError(format!("{error:#}: choose a shorter range")))?;
        match (status, answer) {
            (200, mut answer) => Ok(answer["data"].take()),
            (_, answer) => {
                Err(StoreError(format!("{}: {}", self.address, answer["error"].as_str().unwrap_or("no reason given"))))
            }
        }
    }

    fn add(found: &mut Found, answer: &Value) {
        for series in answer["result"].as_array().into_iter().flatten() {
            let labels = labels(&series["metric"]);
            let points = series["values"].as_array().into_iter().flatten().filter_map(point);
            found.entry(labels).or_default().extend(points);
        }
    }

    /// All samples after `start`, up to and with `end`.
    fn raw(&self, found: &mut Found, selector: &str, start: Millis, end: Millis) -> Result<(), StoreError> {
        if end <= start {
            return Ok(());
        }
        let query = format!("{selector}[{}ms]", end - start);
        Remote::add(found, &self.get("/api/v1/query", &[("query", query), ("time", seconds(end))])?);
        Ok(())
    }

    /// One value for each span; returns where the last whole one ends.
    fn spans(&self, found: &mut Found, selector: &str, select: &Select<'_>, hint: Hint) -> Result<Millis, StoreError> {
        let (every, end) = (hint.every, select.end - select.end.rem_euclid(hint.every));
        let start = select.start - select.start.rem_euclid(every) + every;
        if end < start {
            return Ok(select.start - 1);
        }
        let function = match hint.keep {
            Keep::Last => "last_over_time",
            Keep::Least => "min_over_time",
            Keep::Greatest => "max_over_time",
        };
        let query = ("query", format!("{function}({selector}[{every}ms])"));
        let asked = [query, ("start", seconds(start)), ("end", seconds(end)), ("step", seconds(every))];
        Remote::add(found, &self.get("/api/v1/query_range", &asked)?);
        Ok(end)
    }
}

impl Samples for Remote {
    fn push(&self, _: &[Push], _: Bounds) -> Result<Vec<Appended>, StoreError> {
        Err(StoreError("a preview takes no samples".to_owned()))
    }

    fn scan(&self, select: &Select<'_>, take: &mut Take<'_>) -> Result<(), StoreError> {
        let selector = selector(select.matchers);
        let mut found = Found::new();
        let start = match select.hint.filter(|hint| hint.every >= LEAST_SPAN) {
            Some(hint) => self.spans(&mut found, &selector, select, hint)?,
            None => select.start.max(EARLIEST) - 1,
        };
        self.raw(&mut found, &selector, start, select.end)?;
        let (mut times, mut values) = (Vec::new(), Vec::new());
        for (labels, points) in found {
            times.clear();
            values.clear();
            times.extend(points.iter().map(|(time, _)| *time));
            values.extend(points.iter().map(|(_, value)| *value));
            if take(&labels, &times, &values) == ControlFlow::Break(()) {
                break;
            }
        }
        Ok(())
    }

    fn series(&self, matchers: &[Matcher], start: Millis, end: Millis, limit: usize) -> Result<Vec<Labels>, StoreError> {
        let mut asked = vec![("match[]", selector(matchers)), ("limit", limit.min(100_000).to_string())];
        // The ends of all time are no times that the API can write.
        if start > EARLIEST && end < Millis::MAX {
            asked.extend([("start", seconds(start)), ("end", seconds(end))]);
        }
        let answer = self.get("/api/v1/series", &asked)?;
        let mut found: Vec<Labels> = answer.as_array().into_iter().flatten().map(labels).collect();
        found.sort();
        Ok(found)
    }

    fn families(&self) -> Result<Vec<Family>, StoreError> {
        let answer = self.get("/api/v1/metadata", &[])?;
        let family = |(name, told): (&String, &Value)| Family {
            name: name.clone(),
            kind: MetricKind::Unknown,
            help: told[0]["help"].as_str().unwrap_or_default().to_owned(),
            unit: told[0]["unit"].as_str().unwrap_or_default().to_owned(),
        };
        Ok(answer.as_object().into_iter().flatten().map(family).collect())
    }

    fn forget(&self, _: Millis) -> Result<u64, StoreError> {
        Ok(0)
    }
}

fn labels(metric: &Value) -> Labels {
    let pairs = metric.as_object().into_iter().flatten();
    Labels::from_pairs(pairs.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?))))
}

#[expect(clippy::cast_possible_truncation, reason = "a moment is far below what a double holds exactly")]
fn point(pair: &Value) -> Option<(Millis, f64)> {
    Some(((pair[0].as_f64()? * 1_000.0).round() as Millis, pair[1].as_str()?.parse().ok()?))
}

/// As the API reads it.
fn seconds(millis: Millis) -> String {
    format!("{}.{:03}", millis.div_euclid(1_000), millis.rem_euclid(1_000))
}

/// Matchers as PromQL.
fn selector(matchers: &[Matcher]) -> String {
    let one = |matcher: &Matcher| {
        let (sign, value) = match &matcher.test {
            Test::Equal(value) => ("=", value.as_str()),
            Test::NotEqual(value) => ("!=", value.as_str()),
            Test::Match(pattern) => ("=~", pattern.as_str()),
            Test::NotMatch(pattern) => ("!~", pattern.as_str()),
        };
        let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        format!("\"{}\"{sign}\"{value}\"", matcher.name.replace('\\', "\\\\").replace('"', "\\\""))
    };
    if matchers.is_empty() {
        return "{__name__!=\"\"}".to_owned();
    }
    format!("{{{}}}", matchers.iter().map(one).collect::<Vec<_>>().join(","))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_means_the_same_there() {
        for text in [r#"up{host="a\"b\\c"}"#, r#"{__name__=~"a.*",b!~"c|d",e!=""}"#, r#"{"with space"="x\ny"}"#] {
            let expr = vitrine_query::Expr::parse(text).unwrap();
            let written = selector(expr.selector().unwrap());
            let again = vitrine_query::Expr::parse(&written).unwrap();
            for value in ["", "a", "c", "d", "x\ny", "a\"b\\c", "up", "abc"] {
                let answers = |expr: &vitrine_query::Expr| -> Vec<(String, bool)> {
                    expr.selector().unwrap().iter().map(|one| (one.name.clone(), one.matches_value(value))).collect()
                };
                assert_eq!(answers(&again), answers(&expr), "{written} on {value:?}");
            }
        }
        assert_eq!((seconds(1_763_632_803_004), seconds(-1)), ("1763632803.004".to_owned(), "-1.999".to_owned()));
    }
}
