//! Settings in layers: defaults < files < `conf.d` < environment < flags.
//!
//! figment merges them and its tags say which layer each value came from; every file, variable and flag is a layer
//! of its own there, so that every value can name its place.

mod loaded;

use std::collections::HashMap;
use std::path::{Path as FilePath, PathBuf};

use figment::value::{Dict, Map, Tag};
use figment::{Figment, Metadata, Profile, Provider};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::document::Document;
use crate::environment;
use crate::folder;
use crate::path::Path;
use crate::problem::{Problem, Problems, Source};
use crate::schema;
use crate::typed;
pub use loaded::Loaded;
use loaded::Origins;

/// What is to be loaded, weakest first.
#[derive(Debug, Default)]
pub struct Layers {
    defaults: Option<Value>,
    folders: Vec<PathBuf>,
    files: Vec<PathBuf>,
    environment: Vec<Given>,
    flags: Vec<Given>,
}

/// One value from outside the files.
#[derive(Debug)]
struct Given {
    source: Source,
    path: Path,
    value: Value,
    /// As it was written, for where text is wanted and it looks like a number.
    text: Option<String>,
}

/// One contribution to the tree.
#[derive(Debug)]
struct Layer {
    source: Source,
    settings: Value,
    document: Option<Document>,
    text: Option<(Path, String)>,
}

impl Layers {
    pub fn new() -> Layers {
        Layers::default()
    }

    /// What holds where nobody says otherwise.
    #[must_use]
    pub fn defaults(mut self, tree: Value) -> Layers {
        self.defaults = Some(tree);
        self
    }

    /// Every `*.yaml` and `*.yml` directly in a folder, sorted by name, and over them those of its `conf.d`.
    /// Other subfolders are left alone.
    #[must_use]
    pub fn folder(mut self, folder: impl AsRef<FilePath>) -> Layers {
        self.folders.push(folder.as_ref().to_owned());
        self
    }

    /// One more file, over the folders.
    #[must_use]
    pub fn file(mut self, file: impl AsRef<FilePath>) -> Layers {
        self.files.push(file.as_ref().to_owned());
        self
    }

    /// The variables that begin with `prefix`; `__` separates levels. Others are not looked at.
    #[must_use]
    pub fn environment(mut self, prefix: &str, variables: &[(String, String)]) -> Layers {
        let mut sorted: Vec<&(String, String)> = variables.iter().collect();
        sorted.sort();
        for (name, text) in sorted {
            if let Some(path) = environment::path(prefix, name) {
                let source = Source::Environment(name.clone());
                self.environment.push(Given { source, path, value: environment::value(text), text: Some(text.clone()) });
            }
        }
        self
    }

    /// Values given on the command line, as a tree; null means not given. `names` gives the flag's name (without
    /// dashes) of a path such as `mail.relay`, where it is not the path with dashes (`mail-relay`).
    #[must_use]
    pub fn flags(mut self, tree: &Value, names: &[(&str, &str)]) -> Layers {
        for (path, value) in environment::leaves(tree) {
            let written = path.to_string();
            let name = names.iter().find(|(path, _)| *path == written).map(|(_, name)| (*name).to_owned());
            let name = name.unwrap_or_else(|| environment::flag_name(&path));
            self.flags.push(Given { source: Source::Flag(name), path, value, text: None });
        }
        self
    }

    /// Merges the layers and reads a `T` from them, or reports everything that keeps it from being one.
    pub fn load<T: DeserializeOwned + JsonSchema>(self) -> Result<Loaded<T>, Problems> {
        let mut problems = Vec::new();
        let mut layers = self.gather(&mut problems);
        let schema = schema::plain::<T>();
        layers.iter_mut().filter_map(|layer| layer.document.as_mut()).for_each(|document| document.hide(&schema));
        let mut origins = Origins::new(layers).map_err(Problems::from)?;
        if origins.put_text_back(&schema) {
            origins = Origins::new(origins.into_layers()).map_err(Problems::from)?;
        }
        let whole = problems.is_empty();
        for complaint in typed::complaints(&origins.json(), &Path::new(), &schema) {
            // What is missing may stand in the file that could not be read.
            if whole || complaint.missing.is_none() {
                problems.push(origins.problem(complaint.finding));
            }
        }
        if !problems.is_empty() {
            return Err(Problems(problems));
        }
        match typed::read_value(&origins.json()) {
            Ok(value) => Ok(Loaded::new(value, origins)),
            Err(finding) => Err(origins.problem(*finding).into()),
        }
    }

    fn gather(self, problems: &mut Vec<Problem>) -> Vec<Layer> {
        let mut layers = Vec::new();
        if let Some(settings) = self.defaults {
            layers.push(Layer { source: Source::Default, settings, document: None, text: None });
        }
        let mut overrides = Vec::new();
        for folder in &self.folders {
            match folder::list(folder) {
                Ok(listing) => {
                    read_group(&listing.files, &mut layers, problems);
                    overrides.push(listing.overrides);
                }
                Err(problem) => problems.push(problem),
            }
        }
        overrides.extend(self.files.into_iter().map(|file| vec![file]));
        for group in &overrides {
            read_group(group, &mut layers, problems);
        }
        for given in self.environment.into_iter().chain(self.flags) {
            let settings = environment::tree(&given.path, given.value);
            let text = given.text.map(|text| (given.path, text));
            layers.push(Layer { source: given.source, settings, document: None, text });
        }
        layers
    }
}

/// Reads files of equal rank, which may not contradict each other.
fn read_group(files: &[PathBuf], layers: &mut Vec<Layer>, problems: &mut Vec<Problem>) {
    let mut read = Vec::new();
    for file in files {
        let outcome = Document::read(file).and_then(|document| folder::settings(&document).map(|settings| (document, settings)));
        match outcome {
            Ok(pair) => read.push(pair),
            Err(problem) => problems.push(problem),
        }
    }
    let pairs: Vec<(&Document, &serde_json::Map<String, Value>)> =
        read.iter().map(|(document, settings)| (document, settings)).collect();
    problems.extend(folder::collisions(&pairs));
    for (document, settings) in read {
        let source = Source::File(document.file().to_owned());
        layers.push(Layer { source, settings: Value::Object(settings), document: Some(document), text: None });
    }
}

/// A layer as figment takes it; its number is how a merged value finds back.
struct Numbered<'a>(usize, &'a Layer);

impl Provider for Numbered<'_> {
    fn metadata(&self) -> Metadata {
        Metadata::from(self.1.source.to_string(), figment::Source::Custom(self.0.to_string()))
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        let Value::Object(settings) = &self.1.settings else {
            return Ok(Map::new());
        };
        let dict = figment::value::Value::serialize(settings)?.into_dict().unwrap_or_default();
        Ok(Map::from([(Profile::Default, dict)]))
    }
}

/// All layers merged, and which of them each tag stands for.
fn merge(layers: &[Layer]) -> Result<(Dict, HashMap<Tag, usize>), Problem> {
    let mut figment = Figment::new();
    for (number, layer) in layers.iter().enumerate() {
        figment = figment.merge(Numbered(number, layer));
    }
    let cannot = |error: figment::Error| Problem::general(format!("the settings cannot be merged: {error}"));
    let dict = figment.data().map_err(cannot)?.remove(&Profile::Default).unwrap_or_default();
    let mut by_tag = HashMap::new();
    gather_tags(&figment, &dict, &mut by_tag);
    Ok((dict, by_tag))
}

fn gather_tags(figment: &Figment, dict: &Dict, by_tag: &mut HashMap<Tag, usize>) {
    for value in dict.values() {
        let tag = value.tag();
        let number = figment.get_metadata(tag).and_then(|metadata| metadata.source.as_ref()?.custom()?.parse().ok());
        if let Some(number) = number {
            by_tag.insert(tag, number);
        }
        if let figment::value::Value::Dict(_, inner) = value {
            gather_tags(figment, inner, by_tag);
        }
    }
}
