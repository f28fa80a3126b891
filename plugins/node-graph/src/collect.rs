//! Nodes and edges from series.

use std::collections::HashMap;

use vitrine_sdk::Frame;
use vitrine_sdk::panel::{Edge, Node, State, current, encoded};

use crate::Options;

/// The host takes no more.
const MOST_NODES: usize = 500;
const MOST_EDGES: usize = 2_000;

#[derive(Default)]
struct Found {
    nodes: Vec<Node>,
    places: HashMap<String, u32>,
    edges: Vec<Edge>,
    joined: HashMap<(u32, u32), usize>,
}

pub(crate) fn collect(frames: &[Frame], options: &Options) -> (Vec<Node>, Vec<Edge>) {
    let (from, to) = (options.from.as_deref().unwrap_or("source"), options.to.as_deref().unwrap_or("target"));
    let mut found = Found::default();
    for (_, column, values) in frames.iter().flat_map(Frame::series) {
        let Some(source) = column.label(from).and_then(|name| found.node(name, options)) else { continue };
        match column.label(to).map(|name| found.node(name, options)) {
            Some(Some(target)) => found.edge(source, target, current(values)),
            Some(None) => {}
            None => found.nodes[source as usize].value = current(values),
        }
    }
    found.judge(options);
    (found.nodes, found.edges)
}

impl Found {
    /// Its place; none where there are too many.
    fn node(&mut self, name: &str, options: &Options) -> Option<u32> {
        if let Some(place) = self.places.get(name) {
            return Some(*place);
        }
        if self.nodes.len() == MOST_NODES {
            return None;
        }
        let place = u32::try_from(self.nodes.len()).ok()?;
        let link = options.link.as_deref().map(|link| link.replace("{{name}}", &encoded(name))).unwrap_or_default();
        self.nodes.push(Node { name: name.to_owned(), link, ..Node::default() });
        self.places.insert(name.to_owned(), place);
        Some(place)
    }

    /// Edges between the same two are one, with the sum of both.
    fn edge(&mut self, source: u32, target: u32, value: f64) {
        if let Some(place) = self.joined.get(&(source, target)) {
            let sum = &mut self.edges[*place].value;
            *sum = if sum.is_nan() { value } else { *sum + if value.is_nan() { 0.0 } else { value } };
        } else if self.edges.len() < MOST_EDGES {
            self.joined.insert((source, target), self.edges.len());
            self.edges.push(Edge { source, target, value, state: State::Neutral });
        }
    }

    fn judge(&mut self, options: &Options) {
        for edge in &mut self.edges {
            edge.state = options.edge_levels().state(edge.value);
        }
        for (place, node) in (0_u32..).zip(&mut self.nodes) {
            let ending = self.edges.iter().filter(|edge| edge.target == place).map(|edge| edge.state);
            node.state = match node.value.is_nan() {
                true => ending.max_by_key(|state| weight(*state)).unwrap_or(State::Neutral),
                false => options.node_levels().state(node.value),
            };
        }
    }
}

fn weight(state: State) -> u8 {
    match state {
        State::Neutral => 0,
        State::Good => 1,
        State::Warning => 2,
        State::Bad => 3,
    }
}
