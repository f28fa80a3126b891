//! Rows that fit stay.

use schemars::JsonSchema;
use serde::Deserialize;
use vitrine_model::Matcher;
use vitrine_model::frame::Frame;
use vitrine_model::matcher::{Test, anchored};

use super::{cells, find};

/// What a row has to have in a column; all of it where several are given.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FilterFile {
    pub column: String,
    /// More than this.
    pub above: Option<f64>,
    /// Less than this.
    pub below: Option<f64>,
    /// This text, or this number as text.
    pub equals: Option<String>,
    /// Not this one.
    pub not: Option<String>,
    /// A regular expression for the whole text.
    pub matches: Option<String>,
}

/// A filter whose pattern is sound.
#[derive(Debug, Clone)]
pub struct Filter {
    pub column: String,
    file: FilterFile,
    pattern: Option<Matcher>,
}

impl PartialEq for Filter {
    fn eq(&self, other: &Filter) -> bool {
        self.file == other.file
    }
}

impl FilterFile {
    pub(super) fn check(&self) -> Result<Filter, String> {
        let pattern = self.matches.as_deref().map(anchored).transpose();
        let pattern = pattern.map_err(|error| format!("the pattern cannot be used: {error}"))?;
        let pattern = pattern.map(|pattern| Matcher { name: self.column.clone(), test: Test::Match(pattern) });
        Ok(Filter { column: self.column.clone(), file: self.clone(), pattern })
    }
}

pub(super) fn filter(filter: &Filter, frame: Frame) -> Frame {
    let Some(column) = find(&frame, &filter.column) else { return frame };
    let file = &filter.file;
    let fits = |row: &usize| {
        let (number, text) = (cells::number(&column.values, *row), cells::text(&column.values, *row));
        file.above.is_none_or(|above| number > above)
            && file.below.is_none_or(|below| number < below)
            && file.equals.as_ref().is_none_or(|wanted| *wanted == text)
            && file.not.as_ref().is_none_or(|unwanted| *unwanted != text)
            && filter.pattern.as_ref().is_none_or(|pattern| pattern.matches_value(&text))
    };
    let rows: Vec<usize> = (0..cells::rows(&frame)).filter(fits).collect();
    cells::keep(frame, &rows)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
mod tests {
    use super::*;
    use crate::dashboard::transform::tests::{frame, lines, numbers, texts};

    #[test]
    fn all_conditions_count() {
        let check = |file: FilterFile, expected: &[&str]| {
            let before = frame(vec![texts("host", &["a", "b", "ab"]), numbers("value", &[1.0, 2.0, f64::NAN])]);
            assert_eq!(lines(&filter(&file.check().unwrap(), before))[1..], *expected);
        };
        let of = |column: &str| FilterFile { column: column.to_owned(), ..FilterFile::default() };
        check(FilterFile { above: Some(1.0), ..of("value") }, &["b 2"]);
        check(FilterFile { above: Some(0.0), below: Some(2.0), ..of("value") }, &["a 1"]);
        check(FilterFile { equals: Some("2".to_owned()), ..of("value") }, &["b 2"]);
        check(FilterFile { not: Some("a".to_owned()), matches: Some("a.*".to_owned()), ..of("host") }, &["ab "]);
        assert!(FilterFile { matches: Some("(".to_owned()), ..of("host") }.check().is_err());
    }
}
