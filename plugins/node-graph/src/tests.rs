#![expect(clippy::unwrap_used, clippy::panic, reason = "a failure is a failed test")]

use vitrine_sdk::panel::{State, render};
use vitrine_sdk::{Column, Frame, Label, Values};

use super::*;

fn series(labels: &[(&str, &str)], value: f64) -> Column {
    let labels = labels.iter().map(|(name, value)| Label::new(*name, *value)).collect();
    Column { name: "calls".to_owned(), labels, unit: None, values: Values::Numbers(vec![value]) }
}

fn graph(columns: Vec<Column>, options: &str) -> Graph {
    match render::<NodeGraph>(vec![Frame { name: "A".to_owned(), columns }], options).unwrap() {
        View::Graph(graph) => graph,
        other => panic!("a graph was expected, not {other:?}"),
    }
}

#[test]
fn two_labels_are_an_edge_and_one_is_a_node() {
    let edge = |from: &str, to: &str, value| series(&[("source", from), ("target", to)], value);
    let given = vec![
        edge("web", "shop", 5.0),
        edge("shop", "database", 1.0),
        edge("web", "shop", 2.0),
        series(&[("source", "web")], 0.5),
    ];
    let told = graph(given, r#"{"warn":5,"node_warn":0.4,"link":"/d/{{name}}?x=1"}"#);
    let nodes: Vec<_> = told.nodes.iter().map(|node| (node.name.as_str(), node.state, node.link.as_str())).collect();
    // Where it has no number of its own, a node is as bad as the worst edge that ends there.
    assert_eq!(
        nodes,
        [
            ("web", State::Warning, "/d/web?x=1"),
            ("shop", State::Warning, "/d/shop?x=1"),
            ("database", State::Good, "/d/database?x=1"),
        ]
    );
    let edges: Vec<_> = told.edges.iter().map(|edge| (edge.source, edge.target, edge.value, edge.state)).collect();
    assert_eq!(edges, [(0, 1, 7.0, State::Warning), (1, 2, 1.0, State::Good)]);
}

#[test]
fn names_stay_within_their_part_of_an_address() {
    let told = graph(vec![series(&[("job", "a/b?c")], 1.0)], r#"{"from":"job","link":"/d/{{name}}"}"#);
    assert_eq!((told.nodes[0].link.as_str(), told.nodes[0].value), ("/d/a%2Fb%3Fc", 1.0));
    assert!(graph(vec![series(&[], 1.0)], "{}").nodes.is_empty());
}

#[test]
fn there_is_a_most_of_everything() {
    let names: Vec<String> = (0..3_000).map(|place| place.to_string()).collect();
    let given = names.iter().map(|name| series(&[("source", "0"), ("target", name)], 1.0)).collect();
    let told = graph(given, "{}");
    assert_eq!(told.nodes.len(), 500);
    assert!(told.edges.iter().all(|edge| edge.source < 500 && edge.target < 500) && told.edges.len() <= 2_000);
}
