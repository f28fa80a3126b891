//! What is said of single series: their axis, how they are drawn, and between which of them a band lies.

use serde::Deserialize;
use vitrine_sdk::Fault;
use vitrine_sdk::panel::{Series, Side, Stroke};

use crate::Draw;

/// Applies to every series that is called so; `p9*` is all that begin with `p9`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Style {
    name: String,
    draw: Option<Draw>,
    stack: Option<bool>,
    axis: Option<OnAxis>,
    stroke: Option<Dash>,
    /// The name of another series, to which a band reaches.
    band: Option<String>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum OnAxis {
    Left,
    Right,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Dash {
    Solid,
    Dashed,
    Dotted,
}

pub(crate) fn apply(styles: &[Style], series: &mut [Series]) -> Result<(), Fault> {
    for style in styles {
        let band = match &style.band {
            None => None,
            Some(_) if series.is_empty() => None,
            Some(other) => Some(place(other, series)?),
        };
        for one in series.iter_mut().filter(|one| is_called(&one.name, &style.name)) {
            restyle(one, style);
            one.band = band.or(one.band);
        }
    }
    Ok(())
}

fn restyle(series: &mut Series, style: &Style) {
    if let Some(draw) = style.draw {
        series.mark = draw.mark();
    }
    if let Some(stack) = style.stack {
        series.stacked = stack;
    }
    match style.axis {
        Some(OnAxis::Left) => series.side = Side::Left,
        Some(OnAxis::Right) => series.side = Side::Right,
        None => {}
    }
    match style.stroke {
        Some(Dash::Solid) => series.stroke = Stroke::Solid,
        Some(Dash::Dashed) => series.stroke = Stroke::Dashed,
        Some(Dash::Dotted) => series.stroke = Stroke::Dotted,
        None => {}
    }
}

fn is_called(name: &str, pattern: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == pattern,
    }
}

fn place(name: &str, series: &[Series]) -> Result<u32, Fault> {
    let found = series.iter().zip(0_u32..).find(|(one, _)| is_called(&one.name, name));
    found.map(|(_, place)| place).ok_or_else(|| {
        let names: Vec<&str> = series.iter().take(10).map(|one| one.name.as_str()).collect();
        Fault::Invalid(["`band`: there is no series `", name, "`, but ", &names.join(", ")].concat())
    })
}
