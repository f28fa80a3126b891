//! Nodes and what joins them.

use vitrine_model::view::{Graph, State};

use crate::draw::Surroundings;
use crate::draw::graph::layout::{self, Place};
use crate::draw::graph::{MOST_TOLD, edges, shown_nodes};
use crate::draw::still::Area;
use crate::draw::still::ink::{Anchor, Ink, Pen};
use crate::draw::still::letters;
use crate::draw::still::words::{self, SMALL};
use crate::draw::twin;
use crate::draw::unit::Unit;

const RADIUS: f64 = 8.0;

pub(super) fn draw(ink: &mut Ink, graph: &Graph, surroundings: &Surroundings, area: Area) {
    let theme = ink.theme;
    let nodes = shown_nodes(graph);
    if nodes == 0 {
        return words::centred(ink, surroundings.says().no_data, area, theme.muted);
    }
    let drawn: Vec<_> = edges(graph).collect();
    let ends: Vec<(usize, usize)> = drawn.iter().map(|edge| (edge.source, edge.target)).collect();
    let places = layout::places(nodes, &ends);
    let columns = places.iter().map(|place| (place.x * 10.0) as i64).collect::<std::collections::BTreeSet<_>>().len();
    let room = area.width / columns.max(1) as f64;
    // Above each node stands its value, below it its name.
    let body = Area { y: area.y + 12.0, height: (area.height - 26.0).max(10.0), ..area };
    let at = |place: &Place| (body.x + body.width * place.x / 100.0, body.y + body.height * place.y / 100.0);
    for edge in &drawn {
        line(ink, at(&places[edge.source]), at(&places[edge.target]), edge.state);
    }
    let unit = Unit::parse(&graph.edge_unit);
    for edge in drawn.iter().filter(|edge| !edge.value.is_nan() && ends.len() <= MOST_TOLD) {
        let (from, to) = (at(&places[edge.source]), at(&places[edge.target]));
        let word = surroundings.figure(&unit, edge.value).line();
        ink.text((from.0 + to.0) / 2.0, (from.1 + to.1) / 2.0 - 5.0, 11.0, theme.muted, Anchor::Middle, &word);
    }
    let unit = Unit::parse(&graph.node_unit);
    for (place, node) in places.iter().zip(&graph.nodes) {
        let (x, y) = at(place);
        let colour = if node.state == State::Neutral { theme.muted } else { theme.state(node.state) };
        ink.circle((x, y), RADIUS, theme.panel, Some(Pen::new(colour, 3.0)));
        match node.state {
            State::Warning => ink.fill(&format!("M{:.1} {:.1}l3.5 6h-7z", x, y - 3.8), colour, 1.0),
            State::Bad => ink.rect(Area { x: x - 2.8, y: y - 2.8, width: 5.6, height: 5.6 }, colour, 1.0, 0.0),
            State::Neutral | State::Good => {}
        }
        ink.text(x, y + 22.0, SMALL, theme.text, Anchor::Middle, &letters::fit(&node.name, SMALL, room - 8.0));
        if !node.value.is_nan() {
            let word = surroundings.figure(&unit, node.value).line();
            ink.text(x, y - 13.0, 11.0, theme.muted, Anchor::Middle, &word);
        }
    }
    words::more(ink, area, &twin::left_out(graph.nodes.len() - nodes, surroundings.says().rest_nodes));
}

/// With a dot near its end: that is where it leads.
fn line(ink: &mut Ink, from: (f64, f64), to: (f64, f64), state: State) {
    let colour = if state == State::Neutral { ink.theme.muted } else { ink.theme.state(state) };
    let width = if state == State::Bad { 2.5 } else { 1.5 };
    let opacity = if state == State::Neutral { 0.6 } else { 1.0 };
    ink.line(from, to, Pen { opacity, ..Pen::new(colour, width) });
    let part = |from: f64, to: f64| from + (to - from) * 0.82;
    ink.circle((part(from.0, to.0), part(from.1, to.1)), 3.0, colour, None);
}
