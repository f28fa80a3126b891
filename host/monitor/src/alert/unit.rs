//! Tests of rules in promtool's format, on a virtual clock over the real evaluation.

pub mod file;
mod memory;
mod series;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use vitrine_model::sample::Sample;
use vitrine_model::{Labels, Millis, Span};
use vitrine_query::Expr;

use self::file::{AlertTest, ExprTest, TestEntry, TestFile};
use self::memory::Test;
use super::file::Scalar;
use super::rule::{Group, Rule};
use super::turn::External;

/// Moments that one test may evaluate.
const MOMENTS: i64 = 1_000_000;
/// By how much two values may differ where that is allowed, relative to the larger.
const FUZZ: f64 = 1e-12;

/// Runs all tests of a file over its rules; each failure is a text of some lines.
pub fn run(file: &TestFile, groups: &[Group]) -> Vec<String> {
    let every = file.evaluation_interval.as_deref().map_or(Ok(Span::from_secs(60)), str::parse);
    let every = match every {
        Ok(every) if every.millis() > 0 => every,
        Ok(_) => return vec!["`evaluation_interval` is nothing".to_owned()],
        Err(error) => return vec![format!("`evaluation_interval`: {error}")],
    };
    let mut ordered: Vec<&Group> = groups.iter().collect();
    let last = file.group_eval_order.len();
    ordered.sort_by_key(|group| file.group_eval_order.iter().position(|name| *name == group.name).unwrap_or(last));
    let mut failures = Vec::new();
    for (place, test) in file.tests.iter().enumerate() {
        let name = test.name.clone().unwrap_or_else(|| format!("test {}", place + 1));
        let case = Case { test, every: every.millis(), groups: &ordered, is_fuzzy: file.fuzzy_compare };
        let found = case.run().unwrap_or_else(|reason| vec![reason]);
        failures.extend(found.into_iter().map(|failure| format!("{name}: {failure}")));
    }
    failures
}

struct Case<'a> {
    test: &'a TestEntry,
    every: Millis,
    groups: &'a [&'a Group],
    is_fuzzy: bool,
}

fn moment(text: &Scalar) -> Result<Millis, String> {
    text.to_string().parse::<Span>().map(Span::millis).map_err(|error| error.to_string())
}

impl Case<'_> {
    fn run(&self) -> Result<Vec<String>, String> {
        let url = self.test.external_url.clone().unwrap_or_default();
        let mut world = Test::new(External {
            labels: Labels::from_pairs(self.test.external_labels.iter().map(|(name, text)| (name.as_str(), text.as_str()))),
            url,
        });
        self.bring(&world)?;
        let (mut alerts, mut end) = (BTreeMap::<Millis, Vec<&AlertTest>>::new(), 0);
        for test in &self.test.alert_rule_test {
            if test.alertname.is_empty() {
                return Err(format!("a test of alerts at {} has no `alertname`", test.eval_time));
            }
            let at = moment(&test.eval_time)?;
            end = end.max(at);
            alerts.entry(at).or_default().push(test);
        }
        for test in &self.test.promql_expr_test {
            end = end.max(moment(&test.eval_time)?);
        }
        if end / self.every > MOMENTS {
            return Err(format!("it evaluates more than {MOMENTS} moments"));
        }
        let mut failures = Vec::new();
        let mut now = 0;
        while now <= end {
            for group in self.groups {
                let (_, faults) = world.evaluate(group, now);
                if !faults.is_empty() {
                    let faults = faults.iter().map(|(name, reason)| format!("rule {name} at {}: {reason}", shown(now)));
                    failures.extend(faults);
                    return Ok(failures);
                }
            }
            // What is asked between two evaluations is answered by the first of them.
            for tests in alerts.range(now..now + self.every).map(|(_, tests)| tests) {
                failures.extend(tests.iter().filter_map(|test| self.alerts(&world, test)));
            }
            now += self.every;
        }
        failures.extend(self.test.promql_expr_test.iter().filter_map(|test| self.expression(&world, test).err()));
        Ok(failures)
    }

    fn bring(&self, world: &Test) -> Result<(), String> {
        let step = self.test.interval.as_ref().map_or(Ok(self.every), moment)?;
        for entry in &self.test.input_series {
            let labels = series::labels(&entry.series)?;
            let values = series::values(&entry.values.to_string()).map_err(|reason| format!("`{}`: {reason}", entry.series))?;
            let samples = (0..).zip(values).filter_map(|(place, value)| Some(Sample { time: step * place, value: value? }));
            world.bring(samples.map(|sample| (labels.clone(), sample)));
        }
        Ok(())
    }

    /// What differs, if anything.
    fn alerts(&self, world: &Test, test: &AlertTest) -> Option<String> {
        let rules = self.groups.iter().flat_map(|group| &group.rules);
        let named = rules.filter_map(|rule| match rule {
            Rule::Alert(rule) if rule.name == test.alertname => Some(rule),
            _ => None,
        });
        let firing = named.flat_map(|rule| world.alerts(&rule.key)).filter(|alert| alert.fired_at.is_some());
        let mut got: Vec<(Labels, Labels)> = firing.map(|alert| (alert.labels.clone(), alert.annotations.clone())).collect();
        let labels = |list: &BTreeMap<String, Scalar>| {
            Labels::from_pairs(list.iter().map(|(name, text)| (name.as_str(), text.to_string())))
        };
        let wanted = test.exp_alerts.iter().map(|alert| {
            let name = [("alertname", test.alertname.as_str())];
            (labels(&alert.exp_labels).with(name), labels(&alert.exp_annotations))
        });
        let mut wanted: Vec<(Labels, Labels)> = wanted.collect();
        got.sort();
        wanted.sort();
        let line = |(labels, annotations): &(Labels, Labels)| format!("{labels} annotations {annotations}");
        (got != wanted).then(|| {
            let what = format!("alerts {} at {}", test.alertname, test.eval_time);
            difference(&what, wanted.iter().map(line).collect(), got.iter().map(line).collect())
        })
    }

    fn expression(&self, world: &Test, test: &ExprTest) -> Result<(), String> {
        let what = format!("`{}` at {}", test.expr, test.eval_time);
        let wrong = |reason: String| format!("{what}: {reason}");
        let expr = Expr::parse(&test.expr).map_err(|error| wrong(error.to_string()))?;
        let mut got = world.ask(&expr, moment(&test.eval_time)?).map_err(wrong)?;
        let mut wanted = Vec::new();
        for sample in &test.exp_samples {
            let value = sample.value.value().ok_or_else(|| wrong(format!("{:?} is no number", sample.value)))?;
            wanted.push((series::labels(&sample.labels).map_err(wrong)?, value));
        }
        got.sort_by(|a, b| a.0.cmp(&b.0));
        wanted.sort_by(|a, b| a.0.cmp(&b.0));
        let is_same = |(a, b): (&(Labels, f64), &(Labels, f64))| a.0 == b.0 && self.is_equal(a.1, b.1);
        if got.len() == wanted.len() && got.iter().zip(&wanted).all(is_same) {
            return Ok(());
        }
        let line = |(labels, value): &(Labels, f64)| format!("{labels} {value}");
        Err(difference(&what, wanted.iter().map(line).collect(), got.iter().map(line).collect()))
    }

    fn is_equal(&self, a: f64, b: f64) -> bool {
        a == b || (a.is_nan() && b.is_nan()) || (self.is_fuzzy && (a - b).abs() <= FUZZ * a.abs().max(b.abs()))
    }
}

fn shown(at: Millis) -> String {
    Span::from_millis(at).to_string()
}

/// What is there and should not be (`+`), what is missing (`-`), and what is as it should be.
fn difference(what: &str, wanted: Vec<String>, mut got: Vec<String>) -> String {
    let mut text = format!("{what} is not as expected (- missing, + not expected)");
    for line in wanted {
        let place = got.iter().position(|other| *other == line);
        let sign = if place.is_some() { ' ' } else { '-' };
        place.map(|place| got.remove(place));
        text.push_str(&format!("\n    {sign} {line}"));
    }
    got.iter().for_each(|line| text.push_str(&format!("\n    + {line}")));
    text
}
