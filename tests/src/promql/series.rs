//! Series as the tests write them: `metric{label="x"} 1+2x3 _ stale NaN`.

use vitrine_model::Labels;
use vitrine_model::labels::NAME;
use vitrine_model::matcher::Test;
use vitrine_model::sample::stale;
use vitrine_query::Expr;

/// Labels, and the rest of the line.
pub(super) fn split(line: &str) -> Result<(Labels, &str), String> {
    let end = match (line.find('{'), line.find([' ', '\t'])) {
        (Some(brace), space) if space.is_none_or(|space| brace < space) => {
            closing_brace(line).ok_or_else(|| format!("`{line}` misses its closing brace"))? + 1
        }
        (_, Some(space)) => space,
        (_, None) => line.len(),
    };
    let (series, rest) = line.split_at(end);
    Ok((labels(series)?, rest.trim()))
}

fn labels(series: &str) -> Result<Labels, String> {
    if series.replace(' ', "") == "{}" {
        return Ok(Labels::new());
    }
    let expr = Expr::parse(series).map_err(|error| format!("`{series}` is no series: {error}"))?;
    let pairs =
        expr.selectors().next().ok_or_else(|| format!("`{series}` is no series"))?.iter().map(|matcher| match &matcher.test {
            Test::Equal(value) => Ok((matcher.name.clone(), value.clone())),
            _ => Err(format!("`{series}` is no series: labels have one value")),
        });
    let pairs = pairs.collect::<Result<Vec<_>, _>>()?;
    // A metric may be named by hand as well.
    debug_assert!(pairs.iter().filter(|(name, _)| name == NAME).count() <= 1);
    Ok(Labels::from_pairs(pairs))
}

fn closing_brace(line: &str) -> Option<usize> {
    let mut quote = None;
    let mut escaped = false;
    line.char_indices().find_map(|(place, letter)| {
        let was_escaped = std::mem::take(&mut escaped);
        match (quote, letter) {
            (Some(open), _) if letter == open && !was_escaped => quote = None,
            (Some(open), '\\') => escaped = !was_escaped && open != '`',
            (None, '"' | '\'' | '`') => quote = Some(letter),
            (None, '}') => return Some(place),
            _ => {}
        }
        None
    })
}

/// Whether there are native histograms among the values.
pub(super) fn has_histograms(values: &str) -> bool {
    values.contains("{{")
}

/// All values; nothing where there is no sample.
pub(super) fn values(text: &str) -> Result<Vec<Option<f64>>, String> {
    let mut values = Vec::new();
    for word in text.split_whitespace() {
        values.extend(word_values(word).ok_or_else(|| format!("`{word}` is no value"))?);
    }
    Ok(values)
}

/// `3`, `_`, `stale`, `1x4`, `1+2x3`, `_x5`.
fn word_values(text: &str) -> Option<Vec<Option<f64>>> {
    let Some((first, count)) = text.rsplit_once('x') else { return one(text).map(|value| vec![value]) };
    let count: usize = count.parse().ok()?;
    if first == "_" {
        return Some(vec![None; count]);
    }
    if let Some(value) = one(first) {
        return Some(vec![value; count + 1]);
    }
    let sign = first.rfind(['+', '-'])?;
    let (start, by) = (number(&first[..sign])?, number(&first[sign..])?);
    Some((0..=count).scan(start, |value, _| Some(Some(std::mem::replace(value, *value + by)))).collect())
}

fn one(text: &str) -> Option<Option<f64>> {
    match text {
        "_" => Some(None),
        "stale" => Some(Some(stale())),
        _ => number(text).map(Some),
    }
}

pub(super) fn number(text: &str) -> Option<f64> {
    text.parse().ok()
}
