//! Dashboards of other programs, as files of this one. What cannot be carried is told, with its place and the reason.

mod draft;
mod grafana;
mod mend;
mod notes;
mod perses;
mod yaml;

use std::io::Read;
use std::path::Path;

use anyhow::{Context, anyhow, bail};
use serde_json::Value;
use vitrine_config::Document;
use vitrine_config::typed::read_as;

use crate::catalog::Catalog;
use draft::Draft;
pub use notes::Notes;

/// No dashboard that a person made comes near.
const BYTES_MOST: u64 = 4 << 20;

/// A dashboard of this host, and what of the other one it does not have.
#[derive(Debug)]
pub struct Imported {
    /// YAML, with what was left behind as comments at its top.
    pub text: String,
    pub notes: Notes,
}

/// What panels can be shown by, and which sources can be asked.
#[derive(Debug)]
pub struct Surroundings<'a> {
    pub catalog: &'a Catalog,
    pub sources: &'a [(String, String)],
}

/// A dashboard as Grafana exports it.
pub fn grafana(file: &Path, surroundings: &Surroundings<'_>) -> anyhow::Result<Imported> {
    let text = read(file)?;
    let tree: Value = serde_json::from_str(&text).map_err(|error| {
        // serde says "… at line 3 column 7" at the end; a place comes first here.
        let reason = error.to_string();
        let reason = reason.split(" at line ").next().unwrap_or(&reason).to_owned();
        let place = format!("{}:{}:{}", file.display(), error.line(), error.column());
        anyhow!("{place}: this is not JSON: {reason}; export the dashboard again from Share, Export, Save to file")
    })?;
    let draft = grafana::read(&tree).map_err(|reason| anyhow!("{}: {reason}", file.display()))?;
    finish(draft, "Grafana", surroundings)
}

/// A dashboard of Perses, in YAML or JSON.
pub fn perses(file: &Path, surroundings: &Surroundings<'_>) -> anyhow::Result<Imported> {
    let document = Document::parse(file, read(file)?).map_err(|problem| anyhow!("{}", problem.one_line()))?;
    let tree: Value = read_as(&document).map_err(|problems| anyhow!("{}", problems.render(false).trim_end()))?;
    let draft = perses::read(&tree).map_err(|reason| anyhow!("{}: {reason}", file.display()))?;
    finish(draft, "Perses", surroundings)
}

fn read(file: &Path) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(file).with_context(|| format!("{} cannot be read", file.display()))?;
    opened.take(BYTES_MOST + 1).read_to_end(&mut bytes).with_context(|| format!("{} cannot be read", file.display()))?;
    if bytes.len() as u64 > BYTES_MOST {
        bail!("{} is larger than {} MiB: no dashboard is", file.display(), BYTES_MOST >> 20);
    }
    String::from_utf8(bytes).map_err(|_| anyhow!("{} is not text in UTF-8: export it again", file.display()))
}

fn finish(mut draft: Draft, origin: &str, surroundings: &Surroundings<'_>) -> anyhow::Result<Imported> {
    draft.match_several();
    mend::mend(&mut draft, surroundings)?;
    draft.notes.prefix(draft.prefix);
    let mut text = String::new();
    for line in draft.notes.lines(origin) {
        text.push_str(&format!("# {line}\n"));
    }
    text.push_str(&draft.tree().write());
    Ok(Imported { text, notes: draft.notes })
}
