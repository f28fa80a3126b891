//! One YAML file, with the place of every key and value in it.
//!
//! Reads YAML 1.2's core schema: `yes` is text, `0x1f` a number. Anchors, aliases and merge keys work; a key set twice,
//! a second document, unknown tags and files that blow up when read are refused.

mod build;
mod node;
mod scalar;
mod within;

use std::io::Read;
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use crate::hide;
use crate::path::Path;
use crate::problem::{Finding, Part, Place, Problem, Source};
use node::{Mark, Node};

/// No file that a person writes comes near.
const BYTES_MOST: usize = 4 << 20;

/// A longer line shown in a terminal would help nobody.
const SNIPPET_BYTES_MOST: usize = 4 << 10;

/// A YAML file that parsed.
#[derive(Debug, Clone)]
pub struct Document {
    file: PathBuf,
    text: Arc<str>,
    root: Arc<Node>,
    /// What no excerpt shows.
    hidden: Vec<Mark>,
}

impl Document {
    /// Reads and parses a file of up to 4 MiB.
    pub fn read(file: &FilePath) -> Result<Document, Problem> {
        let mut bytes = Vec::new();
        let cap = BYTES_MOST as u64 + 1;
        let outcome = std::fs::File::open(file).and_then(|opened| opened.take(cap).read_to_end(&mut bytes));
        if let Err(error) = outcome {
            return Err(unreadable(file, &error));
        }
        match String::from_utf8(bytes) {
            Ok(text) => Document::parse(file, text),
            Err(error) if error.as_bytes().len() > BYTES_MOST => Err(too_large(file)),
            Err(_) => Err(Problem::of(Source::File(file.to_owned()), "the file is not text in UTF-8").hint("save it as UTF-8")),
        }
    }

    /// Parses the text of a file; `file` is only its name.
    pub fn parse(file: &FilePath, text: String) -> Result<Document, Problem> {
        if text.len() > BYTES_MOST {
            return Err(too_large(file));
        }
        match build::tree(&text) {
            Ok(root) => Ok(Document { file: file.to_owned(), text: text.into(), root, hidden: Vec::new() }),
            Err(wrong) => Err(Problem {
                place: Some(place(file, wrong.mark)),
                text: wrong.reason,
                hint: wrong.hint,
                snippet: line_of(&text, wrong.mark.line),
            }),
        }
    }

    pub fn file(&self) -> &FilePath {
        &self.file
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// From now on, excerpts show no secret that the schema knows as one.
    pub(crate) fn hide(&mut self, schema: &Value) {
        let paths = hide::secrets(&self.json(), schema);
        self.hidden = paths.iter().map(|path| self.root.walk(path).0.value).collect();
    }

    /// The values without their places.
    pub fn json(&self) -> Value {
        self.root.json()
    }

    /// Whether something is set at `path`.
    pub fn holds(&self, path: &Path) -> bool {
        self.root.walk(path).1 == path.0.len()
    }

    /// Where the key or value at `path` stands; for one that is not there, where the nearest thing above it stands.
    pub fn place(&self, path: &Path, part: Part) -> Place {
        let (spot, depth) = self.root.walk(path);
        let missing = depth < path.0.len();
        // What is missing from a block map is best shown at the name of that map.
        let mark = match part {
            Part::Value if !missing => spot.value,
            _ => spot.key.unwrap_or(spot.value),
        };
        place(&self.file, mark)
    }

    /// What the floors above found, at its place.
    pub fn problem(&self, finding: Finding) -> Problem {
        let within = finding.within.and_then(|(byte, reason)| Some((self.place_within(&finding.path, byte)?, reason)));
        let (place, text) = within.unwrap_or_else(|| (self.place(&finding.path, finding.part), finding.reason));
        let snippet = self.excerpt(place.line as usize);
        Problem { place: Some(place), text, hint: finding.hint, snippet }
    }

    /// Where a byte of a text stands in the file, if that can be told.
    fn place_within(&self, path: &Path, byte: usize) -> Option<Place> {
        let node = self.root.find(path)?;
        within::mark(&self.text, node, byte).map(|mark| place(&self.file, mark))
    }
}

impl Document {
    /// A line, with as many stars as a secret in it has letters: what is marked stays in its place.
    fn excerpt(&self, number: usize) -> Option<String> {
        let line = line_of(&self.text, number)?;
        let marks: Vec<&Mark> = self.hidden.iter().filter(|mark| mark.line == number).collect();
        let is_hidden = |column: usize| marks.iter().any(|mark| (mark.column..mark.column + mark.length).contains(&column));
        Some(line.chars().enumerate().map(|(index, letter)| if is_hidden(index + 1) { '*' } else { letter }).collect())
    }
}

fn place(file: &FilePath, mark: Mark) -> Place {
    // Files are small: nothing is cut off here.
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let source = Source::File(file.to_owned());
    Place { source, line: number(mark.line), column: number(mark.column), length: number(mark.length) }
}

fn line_of(text: &str, number: usize) -> Option<String> {
    let line = text.lines().nth(number.checked_sub(1)?)?;
    (line.len() <= SNIPPET_BYTES_MOST).then(|| line.to_owned())
}

fn too_large(file: &FilePath) -> Problem {
    Problem::of(Source::File(file.to_owned()), "the file is larger than 4 MiB").hint("split it into several files")
}

fn unreadable(file: &FilePath, error: &std::io::Error) -> Problem {
    let hint = match error.kind() {
        std::io::ErrorKind::NotFound => "create it, or mend the path that names it",
        std::io::ErrorKind::PermissionDenied => "let the user that runs vitrine read it",
        std::io::ErrorKind::IsADirectory => "name a file, not a folder",
        _ => "make sure that it is a readable file",
    };
    Problem::of(Source::File(file.to_owned()), format!("the file cannot be read: {}", plain(error))).hint(hint)
}

/// An operating system's words without its error number.
pub(crate) fn plain(error: &std::io::Error) -> String {
    let words = error.to_string();
    words.split(" (os error").next().unwrap_or_default().to_lowercase()
}
