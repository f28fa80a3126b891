//! What the columns of a table are.

use jiff::Timestamp;
use vitrine_model::Millis;

/// The first columns that a format may name.
const FURTHEST: usize = 1_000;

/// How a time is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TimeForm {
    /// RFC 3339, or seconds since 1970.
    Either,
    Rfc3339,
    Seconds,
    Millis,
    Nanos,
}

/// Places of columns count from 0.
#[derive(Debug, Clone)]
pub struct Columns {
    time: (usize, TimeForm),
    pub(super) labels: Vec<(usize, String)>,
    pub(super) metrics: Vec<(usize, String)>,
}

/// A column, and what is wrong with it.
type Wrong = (usize, String);

enum Column {
    Time(TimeForm),
    Label(String),
    Metric(String),
}

impl Columns {
    /// `1:time:rfc3339,2:label:host,3:metric:temperature`
    pub fn parse(format: &str) -> Result<Columns, String> {
        let mut columns = Vec::new();
        for part in format.split(',') {
            let (place, word) = part.trim().split_once(':').unwrap_or((part, ""));
            let place = place.parse().ok().filter(|place| (1..=FURTHEST).contains(place));
            let place: usize = place.ok_or_else(|| {
                format!(
                    "`{}` is not the place of a column: write `1:time,2:metric:NAME`",
                    short(part.split(':').next().unwrap_or(part))
                )
            })?;
            columns.push((place - 1, column(word)?));
        }
        Columns::gather(columns).map_err(|(_, reason)| reason)
    }

    /// The same words, each in its column.
    pub(super) fn of_header(cells: &[&str]) -> Result<Columns, Wrong> {
        let mut columns = Vec::new();
        for (place, cell) in cells.iter().enumerate() {
            let cell = cell.trim().trim_start_matches('\u{feff}');
            if !cell.is_empty() {
                columns.push((place, column(cell).map_err(|reason| (place, reason))?));
            }
        }
        Columns::gather(columns)
    }

    fn gather(all: Vec<(usize, Column)>) -> Result<Columns, Wrong> {
        let (mut time, mut labels, mut metrics) = (None, Vec::new(), Vec::new());
        for (place, column) in all {
            match column {
                Column::Time(form) if time.is_none() => time = Some((place, form)),
                Column::Time(_) => return Err((place, "there is a time already: a row has one".to_owned())),
                Column::Label(name) => labels.push((place, name)),
                Column::Metric(name) => metrics.push((place, name)),
            }
        }
        let missing = |what: &str| (0, format!("no column is {what}"));
        let time = time.ok_or_else(|| missing("the time: call one `time`"))?;
        if metrics.is_empty() {
            return Err(missing("a metric: call one `metric:NAME`"));
        }
        Ok(Columns { time, labels, metrics })
    }

    /// How many columns a row needs.
    pub(super) fn count(&self) -> usize {
        let places = self.labels.iter().chain(&self.metrics).map(|(place, _)| *place);
        places.chain([self.time.0]).max().unwrap_or(0) + 1
    }

    pub(super) fn time(&self, cells: &[&str]) -> Result<Millis, Wrong> {
        let (place, form) = self.time;
        let text = cells[place];
        let read = match form {
            TimeForm::Either => seconds(text).or_else(|| rfc3339(text)),
            TimeForm::Rfc3339 => rfc3339(text),
            TimeForm::Seconds => seconds(text),
            TimeForm::Millis => text.parse().ok(),
            TimeForm::Nanos => text.parse::<Millis>().ok().map(|nanos| nanos.div_euclid(1_000_000)),
        };
        let remedy = match form {
            TimeForm::Either => "2026-11-20T08:00:00Z` or `1763632800",
            TimeForm::Rfc3339 => "2026-11-20T08:00:00Z",
            TimeForm::Seconds => "1763632800",
            TimeForm::Millis => "1763632800000",
            TimeForm::Nanos => "1763632800000000000",
        };
        read.ok_or_else(|| (place, format!("`{}` is not a time: write it as `{remedy}`", short(text))))
    }
}

fn column(word: &str) -> Result<Column, String> {
    Ok(match word.split_once(':').unwrap_or((word, "")) {
        ("time", "") => Column::Time(TimeForm::Either),
        ("time", "rfc3339") => Column::Time(TimeForm::Rfc3339),
        ("time", "unix_s") => Column::Time(TimeForm::Seconds),
        ("time", "unix_ms") => Column::Time(TimeForm::Millis),
        ("time", "unix_ns") => Column::Time(TimeForm::Nanos),
        ("label", name) if !name.is_empty() => Column::Label(name.to_owned()),
        ("metric", name) if !name.is_empty() => Column::Metric(name.to_owned()),
        _ => {
            return Err(format!(
                "`{}` is no column: write `time` (or `time:rfc3339`, `time:unix_s`, `time:unix_ms`, `time:unix_ns`), `label:NAME` \
                 or `metric:NAME`",
                short(word)
            ));
        }
    })
}

fn seconds(text: &str) -> Option<Millis> {
    let seconds: f64 = text.trim().parse().ok()?;
    (seconds.abs() < 1e12).then(|| (seconds * 1000.0).round() as Millis)
}

fn rfc3339(text: &str) -> Option<Millis> {
    text.trim().parse::<Timestamp>().ok().map(Timestamp::as_millisecond)
}

/// What fits into a message.
pub(super) fn short(text: &str) -> String {
    text.chars().take(60).collect()
}
