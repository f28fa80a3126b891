//! Nodes and what joins them, as SVG that stretches with its panel.

pub(in crate::draw) mod layout;

use vitrine_model::view::{Edge, Graph, State};

use crate::draw::Surroundings;
use crate::draw::graph::layout::Place;
use crate::draw::html::Html;
use crate::draw::link;
use crate::draw::twin::{self, Twin};
use crate::draw::unit::Unit;
use crate::page::messages::filled;

const MOST_NODES: usize = 60;
const MOST_EDGES: usize = 200;
/// Up to here each edge is told its value; beyond, the table says it.
pub(in crate::draw) const MOST_TOLD: usize = 24;
const MOST_LETTERS: usize = 24;

pub fn draw(html: &mut Html, graph: &Graph, surroundings: &Surroundings) {
    let nodes = shown_nodes(graph);
    let drawn = edges(graph);
    let ends: Vec<(usize, usize)> = drawn.clone().map(|edge| (edge.source, edge.target)).collect();
    let places = layout::places(nodes, &ends);
    let unit = Unit::parse(&graph.edge_unit);
    html.raw("<div class=\"graph-box\"><svg class=\"graph\" role=\"group\" aria-label=\"")
        .text(&summary(graph, surroundings))
        .raw("\">");
    for edge in drawn.clone() {
        line(html, places[edge.source], places[edge.target], edge.state);
    }
    for edge in drawn.filter(|edge| !edge.value.is_nan() && ends.len() <= MOST_TOLD) {
        let (from, to) = (places[edge.source], places[edge.target]);
        html.raw("<text class=\"edge-value\" dy=\"-4\" x=\"").number((from.x + to.x) / 2.0).raw("%\" y=\"");
        html.number((from.y + to.y) / 2.0).raw("%\">").text(&surroundings.figure(&unit, edge.value).line()).raw("</text>");
    }
    for (place, at) in places.iter().enumerate() {
        node(html, graph, place, *at, surroundings);
    }
    html.raw("</svg></div>");
    let left_out = graph.nodes.len() - nodes;
    if left_out > 0 {
        html.raw("<div class=\"legend-box\">");
        twin::more(html, &twin::left_out(left_out, surroundings.says().rest_nodes));
        html.raw("</div>");
    }
    table(html, graph, nodes, surroundings);
}

/// How many of the nodes are drawn.
pub(in crate::draw) fn shown_nodes(graph: &Graph) -> usize {
    graph.nodes.len().min(MOST_NODES)
}

/// The edges between them that are.
pub(in crate::draw) fn edges(graph: &Graph) -> impl Iterator<Item = &Edge> + Clone {
    let nodes = shown_nodes(graph);
    graph.edges.iter().filter(move |edge| edge.source < nodes && edge.target < nodes).take(MOST_EDGES)
}

/// The worst first: that is what a listener wants to know.
fn summary(graph: &Graph, surroundings: &Surroundings) -> String {
    let says = surroundings.says();
    let counts = [graph.nodes.len(), graph.edges.len()].map(|count| count.to_string());
    let mut text = format!("{}{}", surroundings.title, filled(says.graph_counts, &[&counts[0], &counts[1]]));
    for state in [State::Bad, State::Warning] {
        let names: Vec<&str> =
            graph.nodes.iter().filter(|node| node.state == state).map(|node| node.name.as_str()).take(6).collect();
        if !names.is_empty() {
            text.push_str(&format!("; {}: {}", says.state(state), names.join(", ")));
        }
    }
    text
}

fn line(html: &mut Html, from: Place, to: Place, state: State) {
    html.raw("<line class=\"edge ").raw(state.word()).raw("\" x1=\"").number(from.x).raw("%\" y1=\"").number(from.y);
    html.raw("%\" x2=\"").number(to.x).raw("%\" y2=\"").number(to.y).raw("%\"/>");
    // Where it leads: a dot near its end, for an arrow would be skewed by the stretching.
    let part = |from: f64, to: f64| from + (to - from) * 0.82;
    html.raw("<circle class=\"edge-end ").raw(state.word()).raw("\" r=\"3\" cx=\"").number(part(from.x, to.x)).raw("%\" cy=\"");
    html.number(part(from.y, to.y)).raw("%\"/>");
}

fn node(html: &mut Html, graph: &Graph, place: usize, at: Place, surroundings: &Surroundings) {
    let node = &graph.nodes[place];
    html.raw("<svg class=\"node ").raw(node.state.word()).raw("\" x=\"").number(at.x).raw("%\" y=\"").number(at.y).raw("%\">");
    let address = link::followed(&node.link);
    if let Some(address) = address {
        html.raw("<a href=\"").text(address).raw("\" rel=\"noopener noreferrer nofollow\">");
    }
    html.raw("<circle r=\"8\"/>");
    // Colour never stands alone.
    html.raw(match node.state {
        State::Warning => "<text class=\"node-mark\" dy=\".35em\">▲</text>",
        State::Bad => "<text class=\"node-mark\" dy=\".35em\">■</text>",
        _ => "",
    });
    html.raw("<text class=\"node-name\" dy=\"24\">").text(&cut(&node.name)).raw("</text>");
    if !node.value.is_nan() {
        let figure = surroundings.figure(&Unit::parse(&graph.node_unit), node.value);
        html.raw("<text class=\"node-value\" dy=\"-14\">").text(&figure.line()).raw("</text>");
    }
    if node.state != State::Neutral {
        html.raw("<title>").text(&node.name).raw(": ").text(surroundings.says().state(node.state)).raw("</title>");
    }
    html.raw(if address.is_some() { "</a></svg>" } else { "</svg>" });
}

fn cut(name: &str) -> String {
    match name.char_indices().nth(MOST_LETTERS) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

/// Nodes with where they lead.
fn table(html: &mut Html, graph: &Graph, nodes: usize, surroundings: &Surroundings) {
    let (node_unit, edge_unit) = (Unit::parse(&graph.node_unit), Unit::parse(&graph.edge_unit));
    let says = surroundings.says();
    let mut twin =
        Twin::new(html, surroundings, [says.head_node, says.head_value, says.head_state, says.head_leads_to].into_iter());
    for (place, node) in graph.nodes.iter().enumerate().take(nodes) {
        twin.row(&node.name);
        twin.cell(&surroundings.figure(&node_unit, node.value).line());
        twin.cell(says.state(node.state));
        let to = graph.edges.iter().filter(|edge| edge.source == place).take(10).map(|edge| {
            let value = if edge.value.is_nan() {
                String::new()
            } else {
                format!(" {}", surroundings.figure(&edge_unit, edge.value).line())
            };
            format!("{}{value}", graph.nodes[edge.target].name)
        });
        twin.cell(&to.collect::<Vec<_>>().join(", "));
    }
    twin.finish(&twin::left_out(graph.nodes.len() - nodes, surroundings.says().rest_nodes));
}

#[cfg(test)]
mod tests {
    use vitrine_model::frame::TimeRange;
    use vitrine_model::view::Node;

    use super::*;

    fn picture(graph: &Graph) -> String {
        let range = TimeRange { start: 0, end: 1, step: 1 };
        let surroundings = Surroundings::tested("Shop", range);
        let mut html = Html::new();
        draw(&mut html, graph, &surroundings);
        html.finish().replace("><", ">\n<")
    }

    fn node(name: &str, state: State, link: &str) -> Node {
        Node { name: name.to_owned(), value: 0.25, state, link: link.to_owned() }
    }

    fn edge(source: usize, target: usize) -> Edge {
        Edge { source, target, value: 12.0, state: State::Neutral }
    }

    fn graph(nodes: Vec<Node>, edges: Vec<Edge>) -> Graph {
        Graph { nodes, edges, node_unit: "seconds".to_owned(), edge_unit: "/s".to_owned() }
    }

    #[test]
    fn nodes_their_states_and_edges() {
        let nodes = vec![node("web", State::Good, "/d/web"), node("shop", State::Bad, ""), node("database", State::Neutral, "")];
        insta::assert_snapshot!(picture(&graph(nodes, vec![edge(0, 1), edge(1, 2)])));
    }

    #[test]
    fn much_is_bounded_and_counted() {
        let nodes = vec![node("n", State::Good, ""); 200];
        let edges = (0..199).flat_map(|place| [edge(place, place + 1), edge(0, place), edge(place, place)]).collect();
        let drawn = picture(&graph(nodes, edges));
        assert_eq!(drawn.matches("<svg class=\"node ").count(), MOST_NODES);
        assert!(drawn.contains("and 140 more nodes") && drawn.matches("class=\"edge ").count() <= MOST_EDGES);
        picture(&graph(Vec::new(), Vec::new()));
    }

    #[test]
    fn hostile_names_stay_text() {
        let name = "\"/><script>alert(1)</script>]]><img src=x onerror=alert(1)>";
        let drawn = picture(&graph(vec![node(name, State::Bad, "javascript:alert(1)")], vec![edge(0, 0)]));
        assert!(!drawn.contains("<script") && !drawn.contains("<img") && !drawn.contains("href"), "{drawn}");
    }
}
