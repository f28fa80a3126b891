//! The lines below an evaluation.

use regex::Regex;
use vitrine_model::sample::Series;
use vitrine_model::{Labels, Millis};
use vitrine_query::Notes;

use super::compare::{Rows, difference, is_near};
use crate::promql::script::moment;
use crate::promql::series;

/// A text, a pattern, or whatever comes.
enum Words {
    Any,
    Text(String),
    Pattern(Regex),
}

impl Words {
    fn parse(text: &str) -> Result<Words, String> {
        let text = text.trim();
        if let Some(message) = text.strip_prefix("msg:") {
            return Ok(Words::Text(message.trim().to_owned()));
        }
        match text.strip_prefix("regex:") {
            Some(pattern) => Words::pattern(pattern.trim()),
            None if text.is_empty() => Ok(Words::Any),
            None => Err(format!("`{text}` is neither `msg:` nor `regex:`")),
        }
    }

    fn pattern(pattern: &str) -> Result<Words, String> {
        Regex::new(pattern).map(Words::Pattern).map_err(|error| error.to_string())
    }

    fn fit(&self, words: &str) -> bool {
        match self {
            Words::Any => true,
            Words::Text(text) => text == words,
            Words::Pattern(pattern) => pattern.is_match(words),
        }
    }
}

impl std::fmt::Display for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Words::Any => f.write_str("any"),
            Words::Text(text) => write!(f, "{text:?}"),
            Words::Pattern(pattern) => write!(f, "/{pattern}/"),
        }
    }
}

#[derive(Default)]
pub(super) struct Expectation {
    fail: Option<Words>,
    ordered: bool,
    warnings: Vec<Words>,
    infos: Vec<Words>,
    no_warning: bool,
    no_info: bool,
    text: Option<String>,
    /// The first moment of a range vector, and the distance of its samples.
    samples: Option<(Millis, Millis)>,
    rows: Rows,
    pub(super) has_histograms: bool,
}

impl Expectation {
    pub(super) fn new(eval: &str, block: &[(usize, &str)]) -> Result<Expectation, String> {
        let mut expected = Expectation::default();
        match eval.strip_prefix("eval").unwrap_or("") {
            "" => {}
            "_fail" => expected.fail = Some(Words::Any),
            "_ordered" => expected.ordered = true,
            "_warn" => expected.warnings.push(Words::Any),
            "_info" => expected.infos.push(Words::Any),
            other => return Err(format!("`eval{other}` is no command")),
        }
        for (line, text) in block {
            expected.add(text).map_err(|reason| format!("line {line}: {reason}"))?;
        }
        Ok(expected)
    }

    fn add(&mut self, line: &str) -> Result<(), String> {
        if let Some(rest) = line.strip_prefix("expect ") {
            return self.add_expect(rest.trim());
        }
        if let Some(message) = line.strip_prefix("expected_fail_message ") {
            self.fail = Some(Words::Text(message.trim().to_owned()));
        } else if let Some(pattern) = line.strip_prefix("expected_fail_regexp ") {
            self.fail = Some(Words::pattern(pattern.trim())?);
        } else if series::has_histograms(line) {
            self.has_histograms = true;
        } else if let Some(number) = series::number(line) {
            self.rows.push((Labels::new(), vec![Some(number)]));
        } else {
            let (labels, values) = series::split(line)?;
            self.rows.push((labels, series::values(values)?));
        }
        Ok(())
    }

    fn add_expect(&mut self, text: &str) -> Result<(), String> {
        let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        match word {
            "fail" => self.fail = Some(Words::parse(rest)?),
            "ordered" => self.ordered = true,
            "warn" => self.warnings.push(Words::parse(rest)?),
            "info" => self.infos.push(Words::parse(rest)?),
            "no_warn" => self.no_warning = true,
            "no_info" => self.no_info = true,
            "string" => self.text = Some(unquoted(rest.trim())?),
            "range" => {
                let words: Vec<&str> = rest.split_whitespace().collect();
                let ["vector", "from", start, "to", _, "step", step] = words.as_slice() else {
                    return Err(format!("`expect {text}` cannot be read"));
                };
                self.samples = Some((moment(start)?, moment(step)?));
            }
            _ => return Err(format!("`expect {text}` is not known")),
        }
        Ok(())
    }

    /// Whether a range cannot show the same.
    pub(super) fn is_special(&self) -> bool {
        self.ordered || self.text.is_some() || self.samples.is_some() || self.fail.is_some()
    }

    pub(super) fn check_failure(&self, error: &str) -> Result<(), String> {
        match &self.fail {
            Some(Words::Any) => Ok(()),
            // Ours goes on to say what to do.
            Some(Words::Text(text)) if error.contains(text.as_str()) => Ok(()),
            Some(Words::Pattern(pattern)) if pattern.is_match(error) => Ok(()),
            Some(words) => Err(format!("failed with {error:?}, expected {words}")),
            None => Err(error.to_owned()),
        }
    }

    pub(super) fn check_no_failure(&self) -> Result<(), String> {
        match &self.fail {
            Some(words) => Err(format!("should have failed with {words}")),
            None => Ok(()),
        }
    }

    pub(super) fn check_text(&self, came: &str) -> Result<(), String> {
        match &self.text {
            Some(text) if text == came => Ok(()),
            wanted => Err(format!("got the string {came:?}, expected {wanted:?}")),
        }
    }

    pub(super) fn check_rows(&self, came: &Rows) -> Result<(), String> {
        if self.text.is_some() || self.samples.is_some() {
            return Err("got a vector, expected a string or samples".to_owned());
        }
        difference(came, &self.rows, self.ordered).map_or(Ok(()), Err)
    }

    pub(super) fn check_samples(&self, came: &[Series]) -> Result<(), String> {
        let Some((start, step)) = self.samples else { return Err("got samples, expected none".to_owned()) };
        let same = came.len() == self.rows.len()
            && self.rows.iter().all(|(labels, values)| {
                let series = came.iter().find(|series| series.labels == *labels);
                let wanted =
                    values.iter().enumerate().filter_map(|(place, value)| Some((start + step * place as Millis, (*value)?)));
                let wanted: Vec<(Millis, f64)> = wanted.collect();
                series.is_some_and(|series| {
                    series.samples.len() == wanted.len()
                        && series
                            .samples
                            .iter()
                            .zip(&wanted)
                            .all(|(sample, wanted)| sample.time == wanted.0 && is_near(sample.value, wanted.1))
                })
            });
        if same { Ok(()) } else { Err(format!("got the samples {came:?}, expected {:?}", self.rows)) }
    }

    /// A remark where only an info without words is missing.
    pub(super) fn check_notes(&self, notes: &Notes) -> Result<Option<String>, String> {
        if self.no_warning && !notes.warnings.is_empty() {
            return Err(format!("unexpected warnings: {:?}", notes.warnings));
        }
        if self.no_info && !notes.infos.is_empty() {
            return Err(format!("unexpected infos: {:?}", notes.infos));
        }
        check_words("warning", &self.warnings, &notes.warnings)?;
        if notes.infos.is_empty() && !self.infos.is_empty() && self.infos.iter().all(|words| matches!(words, Words::Any)) {
            return Ok(Some("an info was expected and none came; the answer is as expected".to_owned()));
        }
        check_words("info", &self.infos, &notes.infos)?;
        Ok(None)
    }
}

fn check_words(what: &str, wanted: &[Words], came: &[String]) -> Result<(), String> {
    if wanted.is_empty() {
        return Ok(());
    }
    if let Some(missing) = wanted.iter().find(|words| !came.iter().any(|came| words.fit(came))) {
        return Err(format!("expected the {what} {missing}, got {came:?}"));
    }
    match came.iter().find(|came| !wanted.iter().any(|words| words.fit(came))) {
        Some(unexpected) => Err(format!("unexpected {what}: {unexpected:?}")),
        None => Ok(()),
    }
}

fn unquoted(text: &str) -> Result<String, String> {
    match vitrine_query::Expr::parse(text).map(|expr| expr.text_value()) {
        Ok(Some(text)) => Ok(text),
        _ => Err(format!("`{text}` is no string")),
    }
}
