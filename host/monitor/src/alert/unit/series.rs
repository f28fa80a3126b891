//! Series in the notation of Prometheus's tests: `metric{label="x"}`, and values such as `1+2x3 _ stale`.

use vitrine_model::Labels;
use vitrine_model::matcher::Test;
use vitrine_model::sample::stale;
use vitrine_query::Expr;

/// Samples that one series may come to.
const SAMPLES: usize = 1_000_000;

/// The labels of a series.
pub(super) fn labels(text: &str) -> Result<Labels, String> {
    let text = text.trim();
    if text.is_empty() || text.replace(' ', "") == "{}" {
        return Ok(Labels::new());
    }
    let expr = Expr::parse(text).map_err(|error| format!("`{text}` is no series: {error}"))?;
    let matchers = expr.selector().ok_or_else(|| format!("`{text}` is no series"))?;
    let pairs = matchers.iter().map(|matcher| match &matcher.test {
        Test::Equal(value) => Ok((matcher.name.clone(), value.clone())),
        _ => Err(format!("`{text}` is no series: a label has one value, after `=`")),
    });
    Ok(Labels::from_pairs(pairs.collect::<Result<Vec<_>, _>>()?))
}

/// All values; nothing where there is no sample.
pub(super) fn values(text: &str) -> Result<Vec<Option<f64>>, String> {
    if text.contains("{{") {
        return Err("native histograms are not known here".to_owned());
    }
    let mut values = Vec::new();
    for word in text.split_whitespace() {
        let (first, count) = match word.rsplit_once('x') {
            Some((first, count)) => (first, count.parse::<usize>().ok()),
            None => (word, Some(0)),
        };
        let count = count.ok_or_else(|| format!("`{word}` is no value"))?;
        if values.len() + count >= SAMPLES {
            return Err(format!("a series has more than {SAMPLES} values"));
        }
        let repeats = word.contains('x');
        values.extend(many(first, count, repeats).ok_or_else(|| format!("`{word}` is no value"))?);
    }
    Ok(values)
}

/// `3`, `_`, `stale`, `1x4`, `1+2x3`, `_x5`.
fn many(first: &str, count: usize, repeats: bool) -> Option<Vec<Option<f64>>> {
    if first == "_" {
        return Some(vec![None; if repeats { count } else { 1 }]);
    }
    if let Some(value) = one(first) {
        return Some(vec![Some(value); count + 1]);
    }
    let sign = first.rfind(['+', '-']).filter(|_| repeats)?;
    let (start, by): (f64, f64) = (first[..sign].parse().ok()?, first[sign..].parse().ok()?);
    Some((0..=count).scan(start, |value, _| Some(Some(std::mem::replace(value, *value + by)))).collect())
}

fn one(text: &str) -> Option<f64> {
    if text == "stale" { Some(stale()) } else { text.parse().ok() }
}
