//! Settings that were loaded, and where each of them came from.

use std::collections::HashMap;
use std::path::PathBuf;

use figment::value::{Dict, Tag, Value as Figmented};
use serde_json::Value;

use super::{Layer, merge};
use crate::environment;
use crate::path::Path;
use crate::problem::{Finding, Part, Place, Problem, Source};
use crate::typed;

/// Settings that fit their type, with the memory of where each was set.
#[derive(Debug)]
pub struct Loaded<T> {
    pub value: T,
    origins: Origins,
    files: Vec<PathBuf>,
}

impl<T> Loaded<T> {
    pub(super) fn new(value: T, origins: Origins) -> Loaded<T> {
        let files = origins.layers.iter().filter_map(|layer| layer.document.as_ref()).map(|document| document.file().to_owned());
        Loaded { value, files: files.collect(), origins }
    }

    /// Where the key or value at `path` was set; for one that was not, where the nearest thing above it was.
    pub fn place(&self, path: &Path, part: Part) -> Place {
        self.origins.place(path, part)
    }

    /// Who set the value at `path`: `config/sources.yaml:3:5`, `environment variable VITRINE_LISTEN`,
    /// `flag --listen` or `default`.
    pub fn origin(&self, path: &Path) -> String {
        if self.origins.sets(path) { self.place(path, Part::Value).to_string() } else { Source::Default.to_string() }
    }

    /// What a floor above found in the settings, at its place.
    pub fn problem(&self, finding: Finding) -> Problem {
        self.origins.problem(finding)
    }

    /// What of the part at `at` (a plugin's `with:`) does not fit a JSON Schema; a missing part counts as an empty map.
    pub fn check_value(&self, at: &Path, schema: &Value) -> Vec<Problem> {
        let tree = self.json();
        let empty = Value::Object(serde_json::Map::new());
        let findings = typed::findings(at.find(&tree).unwrap_or(&empty), at, schema);
        findings.into_iter().map(|finding| self.problem(finding)).collect()
    }

    /// The merged tree, before it became a `T`.
    pub fn json(&self) -> Value {
        self.origins.json()
    }

    /// The files that were read.
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }
}

/// The layers merged into one tree in which every value knows its layer.
#[derive(Debug)]
pub(super) struct Origins {
    layers: Vec<Layer>,
    tree: Dict,
    by_tag: HashMap<Tag, usize>,
}

impl Origins {
    pub(super) fn new(layers: Vec<Layer>) -> Result<Origins, Problem> {
        let (tree, by_tag) = merge(&layers)?;
        Ok(Origins { layers, tree, by_tag })
    }

    pub(super) fn into_layers(self) -> Vec<Layer> {
        self.layers
    }

    pub(super) fn json(&self) -> Value {
        serde_json::to_value(&self.tree).unwrap_or(Value::Null)
    }

    /// A variable that looks like a number or a truth is text where text is wanted. True if any was.
    pub(super) fn put_text_back(&mut self, schema: &Value) -> bool {
        let mut any = false;
        for path in typed::wants_text(&self.json(), schema) {
            let Some(number) = self.layer_of(&path) else {
                continue;
            };
            let layer = &mut self.layers[number];
            if let Some((set, text)) = layer.text.take_if(|(set, _)| *set == path) {
                layer.settings = environment::tree(&set, Value::String(text));
                any = true;
            }
        }
        any
    }

    pub(super) fn sets(&self, path: &Path) -> bool {
        self.walk(path).is_some_and(|(_, depth)| depth == path.0.len())
    }

    pub(super) fn place(&self, path: &Path, part: Part) -> Place {
        let Some(layer) = self.layer_of(path).map(|number| &self.layers[number]) else {
            return Place::whole(Source::Default);
        };
        match &layer.document {
            Some(document) => document.place(path, part),
            None => Place::whole(layer.source.clone()),
        }
    }

    pub(super) fn problem(&self, finding: Finding) -> Problem {
        let layer = self.layer_of(&finding.path).map(|number| &self.layers[number]);
        match layer {
            Some(Layer { document: Some(document), .. }) => document.problem(finding),
            Some(Layer { source, .. }) if *source != Source::Default => {
                Problem { place: Some(Place::whole(source.clone())), text: finding.reason, hint: finding.hint, snippet: None }
            }
            _ => Problem { place: None, text: finding.reason, hint: finding.hint, snippet: None },
        }
    }

    /// The layer of the nearest thing set at or above `path`. A map is made by many: a file that holds it says best
    /// where it is.
    fn layer_of(&self, path: &Path) -> Option<usize> {
        let (value, depth) = self.walk(path)?;
        let reached = Path(path.0[..depth].to_vec());
        if matches!(value, Figmented::Dict(..)) {
            let holds = |layer: &Layer| layer.document.as_ref().is_some_and(|document| document.holds(&reached));
            if let Some(number) = self.layers.iter().position(holds) {
                return Some(number);
            }
        }
        self.by_tag.get(&value.tag()).copied()
    }

    /// Follows `path` as far as it goes; none if not even its first step is there.
    fn walk(&self, path: &Path) -> Option<(&Figmented, usize)> {
        let (first, rest) = path.0.split_first()?;
        let mut here = self.tree.get(first.as_key().as_ref())?;
        for (index, step) in rest.iter().enumerate() {
            let next = match here {
                Figmented::Dict(_, map) => map.get(step.as_key().as_ref()),
                Figmented::Array(_, items) => step.as_index().and_then(|index| items.get(index)),
                _ => None,
            };
            match next {
                Some(value) => here = value,
                None => return Some((here, index + 1)),
            }
        }
        Some((here, path.0.len()))
    }
}
