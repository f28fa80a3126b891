//! The table under a chart: what each series is, its last value, and what else was asked for.

use vitrine_model::view::Statistic;

use crate::draw::Surroundings;
use crate::draw::html::Html;
use crate::draw::plot::Plot;
use crate::draw::twin;

use super::COLOUR_CLASSES;
use super::axes::Axes;

pub(super) fn legend(html: &mut Html, plot: &Plot, axes: &Axes, surroundings: &Surroundings) {
    let figures = !plot.statistics.is_empty();
    html.raw("<div class=\"legend-box\"><table class=\"legend")
        .raw(if figures { " legend-figures" } else { "" })
        .raw("\"><thead");
    // Names and last values explain themselves to those who see them side by side.
    html.raw(if figures { "" } else { " class=\"visually-hidden\"" }).raw("><tr><th scope=\"col\">series</th>");
    for statistic in &plot.statistics {
        html.raw("<th scope=\"col\">").raw(statistic.word()).raw("</th>");
    }
    html.raw("<th scope=\"col\">last</th></tr></thead><tbody>");
    for (place, series) in plot.series.iter().enumerate() {
        html.raw("<tr><th scope=\"row\" class=\"name\" title=\"").text(&series.name).raw("\"><i class=\"key ");
        html.raw(COLOUR_CLASSES[series.colour % COLOUR_CLASSES.len()])
            .raw("\"></i><span>")
            .text(&series.name)
            .raw("</span></th>");
        let unit = &axes.of(series.side).unit;
        let mut cell = |class: &'static str, value: f64| {
            html.raw("<td").raw(class).raw(">").text(&unit.figure(value, &surroundings.zone).line()).raw("</td>");
        };
        for statistic in &plot.statistics {
            cell("", of(*statistic, &plot.values[place]));
        }
        cell(" class=\"last\"", plot.last(place));
        html.raw("</tr>");
    }
    html.raw("</tbody></table>");
    if plot.found > plot.series.len() {
        html.raw("<p class=\"more\">").text(&format!("{} of {} series", plot.series.len(), plot.found)).raw("</p>");
    }
    twin::more(html, &plot.annotations.rest());
    html.raw("</div>");
}

/// Over what there is; NaN where there is nothing.
fn of(statistic: Statistic, values: &[f64]) -> f64 {
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
