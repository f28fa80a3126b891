//! The series themselves: lines, areas, bars, points, and the bands between two of them.

use vitrine_model::view::{Mark, Stroke};

use crate::draw::html::Html;
use crate::draw::path::{self, BOX, Point};
use crate::draw::plot::Plot;

use super::COLOUR_CLASSES;
use super::axes::Axes;

type Layer = Vec<(f64, f64)>;

pub(super) fn series(html: &mut Html, plot: &Plot, place: usize, layers: &[Layer], axes: &Axes) {
    let one = &plot.series[place];
    let points = points(plot, place, &layers[place], axes, (BOX, BOX));
    let mut draw = |class: &'static str, data: String| {
        if !data.is_empty() {
            html.raw("<path class=\"").raw(class).raw(COLOUR_CLASSES[one.colour % COLOUR_CLASSES.len()]);
            html.raw("\" vector-effect=\"non-scaling-stroke\" d=\"").text(&data).raw("\"/>");
        }
    };
    if let Some(other) = one.band.and_then(|other| layers.get(other)) {
        draw("area between ", path::area(&between(&points, plot, place, other, axes, (BOX, BOX))));
    }
    let line = match one.stroke {
        Stroke::Solid => "line ",
        Stroke::Dashed => "line dashed ",
        Stroke::Dotted => "line dotted ",
    };
    let span = (plot.range.end - plot.range.start).max(1) as f64;
    match one.mark {
        Mark::Line => draw(line, path::line(&points)),
        Mark::Area => {
            draw(if one.stacked { "area stacked " } else { "area " }, path::area(&points));
            draw(line, path::line(&points));
        }
        Mark::Bars => draw("bars ", path::bars(&points, plot.range.step.max(1) as f64 / span * BOX * 0.8)),
        Mark::Points => draw("dots ", path::dots(&points)),
    }
}

/// Where a layer runs in a box of this size; without its gaps, where lines are to run on over them.
pub(in crate::draw) fn points(
    plot: &Plot,
    place: usize,
    layer: &[(f64, f64)],
    axes: &Axes,
    (width, height): (f64, f64),
) -> Vec<Point> {
    let axis = axes.of(plot.series[place].side);
    let span = (plot.range.end - plot.range.start).max(1) as f64;
    let down = |value: f64| (1.0 - axis.scale.place(value)) * height;
    let at = |time: i64| (time - plot.range.start) as f64 / span * width;
    let point = |(time, (floor, top)): (&i64, &(f64, f64))| Point {
        x: at(*time),
        top: if axis.shows(*top) { down(*top) } else { f64::NAN },
        floor: down(*floor),
    };
    let mut points: Vec<Point> = plot.times.iter().zip(layer).map(point).collect();
    if plot.connect {
        points.retain(|point| !point.top.is_nan());
    }
    points
}

/// From the points down, or up, to another layer; nothing where one of the two has a gap.
pub(in crate::draw) fn between(
    points: &[Point],
    plot: &Plot,
    place: usize,
    other: &[(f64, f64)],
    axes: &Axes,
    size: (f64, f64),
) -> Vec<Point> {
    let others = self::points(plot, place, other, axes, size);
    points
        .iter()
        .map(|point| {
            let near = others.partition_point(|other| other.x < point.x);
            let floor = others.get(near).filter(|other| other.x == point.x).map_or(f64::NAN, |other| other.top);
            Point { top: if floor.is_nan() { f64::NAN } else { point.top }, floor, ..*point }
        })
        .collect()
}
