//! The last value at each line's end.

use crate::draw::Surroundings;
use crate::draw::html::Html;
use crate::draw::plot::Plot;

use super::axes::Axes;
use super::{COLOUR_CLASSES, MOST_ENDS};

const LINE_HEIGHT: f64 = 15.0;

pub(in crate::draw) struct End {
    /// Percent from the top.
    pub place: f64,
    pub colour: usize,
    pub word: String,
}

/// The last value at each line's end, pushed apart where they would overlap; none where they have no room. A second axis
/// has its words there.
pub(in crate::draw) fn ends_of(
    plot: &Plot,
    layers: &[Vec<(f64, f64)>],
    axes: &Axes,
    surroundings: &Surroundings,
    height: f64,
) -> Vec<End> {
    if plot.series.len() > MOST_ENDS || axes.right.is_some() {
        return Vec::new();
    }
    let mut list: Vec<End> = Vec::new();
    for (place, layer) in layers.iter().enumerate() {
        let Some((floor, top)) = layer.last().filter(|(_, top)| axes.left.shows(*top)) else { continue };
        let at = if plot.series[place].stacked { (floor + top) / 2.0 } else { *top };
        let percent = ((1.0 - axes.left.scale.place(at)) * 100.0).clamp(0.0, 100.0);
        let word = surroundings.figure(&axes.left.unit, plot.last(place)).line();
        list.push(End { place: percent, colour: plot.series[place].colour, word });
    }
    let distance = LINE_HEIGHT / height * 100.0;
    if distance * list.len() as f64 > 115.0 {
        return Vec::new();
    }
    spread(&mut list, distance);
    list
}

pub(super) fn ends(html: &mut Html, ends: &[End]) {
    for end in ends {
        html.raw("<circle class=\"dot ")
            .raw(COLOUR_CLASSES[end.colour % COLOUR_CLASSES.len()])
            .raw("\" cx=\"100%\" r=\"3\" cy=\"");
        html.number(end.place)
            .raw("%\"/><text class=\"end\" x=\"100%\" dx=\"7\" dy=\".32em\" y=\"")
            .number(end.place)
            .raw("%\">");
        html.text(&end.word).raw("</text>");
    }
}

/// Down until nothing overlaps, then back up from the floor.
pub(super) fn spread(list: &mut [End], distance: f64) {
    list.sort_by(|a, b| a.place.total_cmp(&b.place));
    for place in 1..list.len() {
        list[place].place = list[place].place.max(list[place - 1].place + distance);
    }
    let mut floor = 100.0;
    for end in list.iter_mut().rev() {
        end.place = end.place.min(floor);
        floor = end.place - distance;
    }
}
