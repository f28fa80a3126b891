//! What query variables can be, asked of the store: once for all who look at the same time.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;
use vitrine_model::frame::TimeRange;
use vitrine_model::port::samples::Samples;
use vitrine_model::{Labels, Matcher, Millis};
use vitrine_query::{Answer, Expr};

use crate::ask::Asker;
use crate::dashboard::kept::Kept;
use crate::dashboard::promql;
use crate::dashboard::values::Values;
use crate::dashboard::variable::{Lookup, Question};

/// Values of one variable; what is past them is left out, and said.
pub const MOST_OPTIONS: usize = 1_000;
/// Answers kept for those who come a little later.
const MOST_KEPT: usize = 256;
/// For so long the values stay what they were.
pub(crate) const PACE: Millis = 15_000;

/// What was asked, as text, over which time.
type Key = (String, String, Millis, Millis);
type Found = Arc<Result<Vec<String>, String>>;

#[derive(Clone)]
pub struct Options {
    asker: Asker,
    samples: Arc<dyn Samples>,
    kept: Arc<Mutex<Kept<Key, Arc<OnceCell<Found>>>>>,
}

impl Options {
    pub fn new(asker: Asker, samples: Arc<dyn Samples>) -> Options {
        Options { asker, samples, kept: Arc::new(Mutex::new(Kept::new(MOST_KEPT))) }
    }

    pub fn forget(&self) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The values there are, in an order that counts numbers; or why they cannot be had.
    pub async fn find(&self, lookup: &Lookup, values: &Values, time: TimeRange) -> Found {
        let label = lookup.label.fill(values);
        let query = match promql::fill(&lookup.query, values) {
            Ok(query) => query,
            Err(error) => return Arc::new(Err(error.to_string())),
        };
        let (start, end) = (time.start - time.start.rem_euclid(PACE), time.end - time.end.rem_euclid(PACE));
        let key = (format!("{}{query}", if lookup.selects { "=" } else { "?" }), label.clone(), start, end);
        let cell = {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.get_or(key.clone(), Arc::default)
        };
        let found = cell.get_or_init(|| async {
            Arc::new(match question(lookup, &query, label) {
                Ok(question) => self.ask(question, time).await,
                Err(reason) => Err(reason),
            })
        });
        let found = Arc::clone(found.await);
        // What is not there yet may be there in a moment, when a source has been polled for the first time.
        if found.as_ref().as_ref().map_or(true, Vec::is_empty) {
            self.kept.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
        }
        found
    }

    async fn ask(&self, question: Question, time: TimeRange) -> Result<Vec<String>, String> {
        let mut values = match question {
            Question::Values { matchers, label } => {
                let samples = Arc::clone(&self.samples);
                let (start, end) = (time.start, time.end);
                let found = self.asker.work(move |_, _| samples.label_values(&label, &matchers, start, end, MOST_OPTIONS)).await;
                found.map_err(|error| error.to_string())?.map_err(|error| error.to_string())?
            }
            Question::Answer { expr, label } => {
                let answer = self.asker.instant(expr, time.end).await.map_err(|error| error.to_string())?;
                let series: Vec<Labels> = match answer {
                    Answer::Vector(vector) => vector.into_iter().map(|(labels, _)| labels).collect(),
                    Answer::Samples(series) => series.into_iter().map(|one| one.labels).collect(),
                    Answer::Scalar(_) | Answer::Text(_) => Vec::new(),
                };
                let values: BTreeSet<&str> = series.iter().filter_map(|labels| labels.get(&label)).collect();
                values.into_iter().take(MOST_OPTIONS).map(str::to_owned).collect()
            }
        };
        values.sort_by(|a, b| natural(a).cmp(&natural(b)));
        Ok(values)
    }
}

fn question(lookup: &Lookup, query: &str, label: String) -> Result<Question, String> {
    if lookup.selects && query.is_empty() {
        return Ok(Question::Values { matchers: Vec::new(), label });
    }
    let expr = Expr::parse(query).map_err(|error| error.to_string())?;
    match expr.selector() {
        Some(matchers) if lookup.selects => {
            let matchers: Vec<Matcher> = matchers.to_vec();
            Ok(Question::Values { matchers, label })
        }
        _ if lookup.selects => Err("`label_values` takes a selector".to_owned()),
        _ => Ok(Question::Answer { expr: Arc::new(expr), label }),
    }
}

/// Text and numbers by turns, so that `disk10` comes after `disk9`.
fn natural(text: &str) -> Vec<(&str, Option<u64>)> {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let letters = rest.find(|letter: char| letter.is_ascii_digit()).unwrap_or(rest.len());
        let (word, after) = rest.split_at(letters);
        let digits = after.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(after.len());
        let (number, more) = after.split_at(digits);
        parts.push((word, number.parse().ok()));
        rest = more;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_counted() {
        let mut values = vec!["sda10", "sda9", "sdb1", "10", "9", "sda"];
        values.sort_by(|a, b| natural(a).cmp(&natural(b)));
        assert_eq!(values, ["9", "10", "sda", "sda9", "sda10", "sdb1"]);
    }
}
