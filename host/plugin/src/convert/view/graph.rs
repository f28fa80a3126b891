//! Graphs and pictures.

use vitrine_model::Fault;
use vitrine_model::view::{Edge, Graph, Node, Picture};

use super::{state, within};
use crate::bindings::exported::rendering;
use crate::convert::wrong;

const NODES: usize = 500;
const EDGES: usize = 2_000;
/// An icon or a plan of a floor; what is larger belongs into a file of its own.
const ADDRESS_BYTES: usize = 512 * 1024;

pub(super) fn graph(graph: rendering::Graph) -> Result<Graph, Fault> {
    let count = graph.nodes.len();
    within("nodes", count, NODES)?;
    within("edges", graph.edges.len(), EDGES)?;
    if graph.edges.iter().any(|edge| edge.source.max(edge.target) as usize >= count) {
        return Err(wrong("an edge of the view ends at a node that there is not"));
    }
    let node = |node: rendering::Node| Node { name: node.name, value: node.value, state: state(node.state), link: node.link };
    let edge = |edge: rendering::Edge| Edge {
        source: edge.source as usize,
        target: edge.target as usize,
        value: edge.value,
        state: state(edge.state),
    };
    Ok(Graph {
        nodes: graph.nodes.into_iter().map(node).collect(),
        edges: graph.edges.into_iter().map(edge).collect(),
        node_unit: graph.node_unit,
        edge_unit: graph.edge_unit,
    })
}

pub(super) fn picture(picture: rendering::Picture) -> Result<Picture, Fault> {
    within("bytes of a picture", picture.address.len(), ADDRESS_BYTES)?;
    Ok(Picture { address: picture.address, text: picture.text })
}
