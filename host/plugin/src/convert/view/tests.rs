#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use vitrine_model::Labels;
use vitrine_model::frame::{Column, Values};

use super::*;
use crate::bindings::exported::rendering as wit;

fn refused(given: wit::View, reason: &str) {
    let fault = view(given, &[frame()]).unwrap_err();
    assert!(fault.reason().contains(reason), "{fault:?} does not say `{reason}`");
}

fn frame() -> Frame {
    let labels = Labels::from_pairs([("mode", "user")]);
    let column = Column { name: "a".to_owned(), labels, unit: None, values: Values::Numbers(vec![1.0]) };
    Frame { name: String::new(), columns: vec![column] }
}

fn bars(values: Vec<f64>, origin: Option<wit::ColumnRef>) -> wit::View {
    wit::View::Bars(wit::Bars {
        categories: vec!["a".to_owned(), "b".to_owned()],
        groups: vec![wit::Group { name: "g".to_owned(), origin, values }],
        unit: String::new(),
        stacked: false,
        horizontal: false,
        touching: false,
        thresholds: Vec::new(),
    })
}

#[test]
fn parts_keep_the_labels_they_came_from() {
    let origin = Some(wit::ColumnRef { frame: 0, column: 0 });
    let View::Bars(taken) = view(bars(vec![1.0, 2.0], origin), &[frame()]).unwrap() else { unreachable!() };
    assert_eq!(taken.groups[0].labels.get("mode"), Some("user"));
    refused(bars(vec![1.0], None), "1 values for 2 categories");
    refused(bars(vec![1.0, 2.0], Some(wit::ColumnRef { frame: 1, column: 0 })), "there is not");
}

#[test]
fn grids_have_as_many_values_as_cells() {
    let grid = |columns, values| {
        let rows = crate::bindings::imported::types::Values::Numbers(vec![1.0, 2.0]);
        wit::View::Grid(wit::Grid { columns, rows, row_unit: String::new(), values, unit: String::new() })
    };
    let times = || crate::bindings::imported::types::Values::Times(vec![1, 2]);
    assert!(view(grid(times(), vec![0.0; 4]), &[]).is_ok());
    refused(grid(times(), vec![0.0; 3]), "3 values for 2 columns of 2 rows");
    refused(grid(crate::bindings::imported::types::Values::Flags(vec![true]), vec![0.0; 2]), "neither times nor texts");
}

#[test]
fn spans_are_in_order() {
    let span = |start, end| wit::Span { start, end, text: String::new(), state: wit::State::Good };
    let timeline =
        |spans| wit::View::Timeline(wit::Timeline { lanes: vec![wit::Lane { name: "l".to_owned(), spans }], blocks: false });
    assert!(view(timeline(vec![span(0, 5), span(5, 9)]), &[]).is_ok());
    refused(timeline(vec![span(0, 5), span(4, 9)]), "not in order");
    refused(timeline(vec![span(5, 0)]), "not in order");
}

#[test]
fn edges_end_at_nodes() {
    let node = wit::Node { name: "n".to_owned(), value: 1.0, state: wit::State::Good, link: String::new() };
    let edge = |target| wit::Edge { source: 0, target, value: 1.0, state: wit::State::Good };
    let graph = |target| {
        let (nodes, edges) = (vec![node.clone()], vec![edge(target)]);
        wit::View::Graph(wit::Graph { nodes, edges, node_unit: String::new(), edge_unit: String::new() })
    };
    assert!(view(graph(0), &[]).is_ok());
    refused(graph(1), "a node that there is not");
}

#[test]
fn too_much_is_refused() {
    let lane = wit::Lane { name: String::new(), spans: Vec::new() };
    refused(wit::View::Timeline(wit::Timeline { lanes: vec![lane; 501], blocks: false }), "501 lanes, more than 500");
    let picture = wit::Picture { address: "x".repeat(600_000), text: String::new() };
    refused(wit::View::Picture(picture), "600000 bytes of a picture");
}
