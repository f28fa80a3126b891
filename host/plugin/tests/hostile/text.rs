//! Components from text: what no compiler makes, put into `tests/misbehaving/text/` and made a component with `wit/`.

use std::path::{Path, PathBuf};

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// The worlds of the texts, and the little of WASI that some of them import.
const WORLDS: &str = "
    package test:hostile;
    interface things { resource thing; }
    world source {
        import vitrine:plugin/log@0.1.0;
        import wasi:clocks/monotonic-clock@0.2.0;
        import wasi:random/random@0.2.0;
        export vitrine:plugin/lifecycle@0.1.0;
        export vitrine:plugin/collector@0.1.0;
        export vitrine:plugin/queryable@0.1.0;
        export things;
    }
    world channel {
        export vitrine:plugin/lifecycle@0.1.0;
        export vitrine:plugin/delivery@0.1.0;
    }
    world panel { export vitrine:plugin/rendering@0.1.0; }
";
const WASI: [(&str, &str); 3] = [
    ("io.wit", "package wasi:io@0.2.0; interface poll { resource pollable { block: func(); } }"),
    (
        "clocks.wit",
        "package wasi:clocks@0.2.0; interface monotonic-clock {
            use wasi:io/poll@0.2.0.{pollable};
            subscribe-duration: func(when: u64) -> pollable;
        }",
    ),
    ("random.wit", "package wasi:random@0.2.0; interface random { get-random-bytes: func(len: u64) -> list<u8>; }"),
];

/// A guest in text: which of the three kinds, and what it does at which place.
#[derive(Debug, Clone)]
pub struct Text {
    kind: &'static str,
    pages: u32,
    places: Vec<(&'static str, String)>,
}

impl Text {
    pub fn source() -> Text {
        Text { kind: "source", pages: 2, places: Vec::new() }
    }

    pub fn channel() -> Text {
        Text { kind: "channel", ..Text::source() }
    }

    pub fn panel() -> Text {
        Text { kind: "panel", ..Text::source() }
    }

    pub fn pages(self, pages: u32) -> Text {
        Text { pages, ..self }
    }

    /// Puts code at a place.
    pub fn at(mut self, place: &'static str, code: impl Into<String>) -> Text {
        self.places.push((place, code.into()));
        self
    }

    fn wat(&self) -> String {
        let file = root().join("tests/misbehaving/text").join(self.kind).with_extension("wat");
        let mut text = std::fs::read_to_string(file).unwrap().replace("{pages}", &self.pages.to_string());
        for (place, code) in &self.places {
            let mark = format!("{{{place}}}");
            assert!(text.contains(&mark), "{} has no place {place}", self.kind);
            text = text.replace(&mark, code);
        }
        for place in ["imports", "fields", "realloc", "configure", "check", "collect", "after", "query", "deliver", "render"] {
            text = text.replace(&format!("{{{place}}}"), "");
        }
        text
    }

    /// The component, without a manifest.
    pub fn component(&self) -> Vec<u8> {
        let mut module = wat::parse_str(self.wat()).unwrap_or_else(|error| panic!("{error}\n{}", self.wat()));
        let mut resolve = Resolve::default();
        for (name, text) in WASI {
            resolve.push_str(name, text).unwrap();
        }
        resolve.push_dir(root().join("wit")).unwrap();
        let package = resolve.push_str("hostile.wit", WORLDS).unwrap();
        let world = resolve.select_world(&[package], Some(self.kind)).unwrap();
        embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
        ComponentEncoder::default().validate(true).module(&module).unwrap().encode().unwrap()
    }

    /// The file that ships.
    pub fn file(&self) -> Vec<u8> {
        with_manifest(&self.component(), &self.manifest())
    }

    fn manifest(&self) -> String {
        let (kind, offers) = match self.kind {
            "source" => ("data-source", "offers = [\"collector\", \"queryable\"]\n"),
            "channel" => ("alert-channel", ""),
            _ => ("panel", ""),
        };
        manifest(kind, offers)
    }
}

/// A manifest of that kind; `rest` is its further text.
pub fn manifest(kind: &str, rest: &str) -> String {
    format!("name = \"hostile\"\nkind = \"{kind}\"\nversion = \"0.1.0\"\ntitle = \"Hostile\"\ndescription = \"In text.\"\n{rest}")
}

/// A component with a manifest behind it, however wrong either is.
pub fn with_manifest(component: &[u8], manifest: &str) -> Vec<u8> {
    let name = b"vitrine:manifest";
    let mut section = length(name.len());
    section.extend(name);
    section.extend(manifest.as_bytes());
    let mut file = component.to_vec();
    file.push(0);
    file.extend(length(section.len()));
    file.extend(section);
    file
}

/// LEB128.
fn length(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = (number & 0x7f) as u8;
        number >>= 7;
        bytes.push(if number == 0 { low } else { low | 0x80 });
        if number == 0 {
            return bytes;
        }
    }
}

/// The repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
