//! The table under a chart: what each series is, its last value, and what else was asked for.

use vitrine_model::view::Statistic;

use crate::draw::Surroundings;
use crate::draw::html::Html;
use crate::draw::plot::Plot;
use crate::draw::twin;
use crate::page::messages::{Messages, filled};

use super::COLOUR_CLASSES;
use super::axes::Axes;

pub(super) fn legend(html: &mut Html, plot: &Plot, axes: &Axes, surroundings: &Surroundings) {
    let (says, figures) = (surroundings.says(), !plot.statistics.is_empty());
    html.raw("<div class=\"legend-box\"><table class=\"legend")
        .raw(if figures { " legend-figures" } else { "" })
        .raw("\"><thead");
    // Names and last values explain themselves to those who see them side by side.
    html.raw(if figures { "" } else { " class=\"visually-hidden\"" })
        .raw("><tr><th scope=\"col\">")
        .text(says.head_series)
        .raw("</th>");
    for statistic in &plot.statistics {
        html.raw("<th scope=\"col\">").text(head(*statistic, says)).raw("</th>");
    }
    html.raw("<th scope=\"col\">").text(says.head_last).raw("</th></tr></thead><tbody>");
    for (place, series) in plot.series.iter().enumerate() {
        html.raw("<tr><th scope=\"row\" class=\"name\" title=\"").text(&series.name).raw("\"><i class=\"key ");
        html.raw(COLOUR_CLASSES[series.colour % COLOUR_CLASSES.len()]).raw("\"></i><span>").text(&series.name).raw("</span>");
        if !series.link.is_empty() {
            html.raw("<a class=\"series-link\" rel=\"noopener noreferrer nofollow\" href=\"").text(&series.link);
            html.raw("\" aria-label=\"").text(&filled(says.series_link, &[&series.name])).raw("\">↗</a>");
        }
        html.raw("</th>");
        let unit = &axes.of(series.side).unit;
        let mut cell = |class: &'static str, value: f64| {
            html.raw("<td").raw(class).raw(">").text(&surroundings.figure(unit, value).line()).raw("</td>");
        };
        for statistic in &plot.statistics {
            cell("", of(*statistic, &plot.values[place]));
        }
        cell(" class=\"last\"", plot.last(place));
        html.raw("</tr>");
    }
    html.raw("</tbody></table>");
    if plot.found > plot.series.len() {
        let counts = [plot.series.len(), plot.found].map(|count| count.to_string());
        html.raw("<p class=\"more\">").text(&filled(says.counted, &[&counts[0], &counts[1]])).raw("</p>");
    }
    twin::more(html, &plot.annotations.rest(says));
    html.raw("</div>");
}

pub(in crate::draw) fn head(statistic: Statistic, says: &Messages) -> &'static str {
    match statistic {
        Statistic::Minimum => says.head_min,
        Statistic::Maximum => says.head_max,
        Statistic::Mean => says.head_mean,
        Statistic::Total => says.head_total,
    }
}

/// Over what there is; NaN where there is nothing.
pub(in crate::draw) fn of(statistic: Statistic, values: &[f64]) -> f64 {
    let present = || values.iter().copied().filter(|value| !value.is_nan());
    let count = present().count();
    if count == 0 {
        return f64::NAN;
    }
    match statistic {
        Statistic::Minimum => present().fold(f64::INFINITY, f64::min),
        Statistic::Maximum => present().fold(f64::NEG_INFINITY, f64::max),
        Statistic::Mean => present().sum::<f64>() / count as f64,
        Statistic::Total => present().sum(),
    }
}
