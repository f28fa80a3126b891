//! The panel `node-graph`: series with two labels as edges, with one as nodes.

mod collect;

use serde::Deserialize;
use vitrine_sdk::panel::{Graph, Levels, Request, View};
use vitrine_sdk::{Fault, Panel, export};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    from: Option<String>,
    to: Option<String>,
    unit: String,
    node_unit: String,
    warn: Option<f64>,
    bad: Option<f64>,
    node_warn: Option<f64>,
    node_bad: Option<f64>,
    link: Option<String>,
}

impl Options {
    fn edge_levels(&self) -> Levels {
        Levels { warn: self.warn, bad: self.bad }
    }

    fn node_levels(&self) -> Levels {
        Levels { warn: self.node_warn, bad: self.node_bad }
    }
}

#[derive(Debug)]
pub struct NodeGraph;

impl Panel for NodeGraph {
    type Options = Options;

    fn render(request: Request<Options>) -> Result<View, Fault> {
        let options = request.options;
        let (nodes, edges) = collect::collect(&request.frames, &options);
        Ok(View::Graph(Graph { nodes, edges, node_unit: options.node_unit, edge_unit: options.unit }))
    }
}

export!(panel: NodeGraph);

#[cfg(test)]
mod tests;
