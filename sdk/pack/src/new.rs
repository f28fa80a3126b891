//! `vitrine plugin new`: a small plugin that is complete, from the templates that this binary carries.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use crate::language::Language;
use crate::manifest::Kind;
use crate::sources;

/// Path (`rust/source/src/lib.rs`) and contents.
static TEMPLATES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/templates.rs"));

/// Words that the templates use themselves.
const TAKEN: [&str; 23] = [
    "Source",
    "Channel",
    "Panel",
    "Config",
    "Options",
    "Fault",
    "Samples",
    "Request",
    "Response",
    "Value",
    "View",
    "Figure",
    "Levels",
    "Shape",
    "Stat",
    "Frame",
    "Failure",
    "Receipt",
    "Status",
    "Notification",
    "Self",
    "Result",
    "Upstream",
];

/// What is wanted.
#[derive(Debug, Clone, Copy)]
pub struct New<'a> {
    pub kind: Kind,
    /// The plugin's, and its folder's.
    pub name: &'a str,
    pub language: Language,
    /// The folder to make the plugin's folder in.
    pub into: &'a Path,
}

impl New<'_> {
    /// Writes the folder, and answers its path. What is there already is never overwritten.
    pub fn write(&self) -> Result<PathBuf> {
        self.check_name()?;
        let prefix = format!("{}/{}/", self.language.word(), folder(self.kind));
        let files: Vec<(&str, &[u8])> =
            TEMPLATES.iter().filter_map(|(path, bytes)| Some((path.strip_prefix(prefix.as_str())?, *bytes))).collect();
        if files.is_empty() {
            bail!("there is no template for a {} in {}: there are {}", folder(self.kind), self.language, known().join(", "));
        }
        let target = self.into.join(self.name);
        let is_free = fs::read_dir(&target).map_or(true, |mut entries| entries.next().is_none());
        ensure!(
            is_free,
            "{} is there already, and is not empty: choose another name, or another folder by --into",
            target.display()
        );
        for (path, bytes) in files {
            let text = std::str::from_utf8(bytes).with_context(|| format!("the template {path} is not text"))?;
            sources::create(&target.join(path.replace("dot-", ".")), self.fill(text).as_bytes())?;
        }
        sources::refresh(&target)?;
        Ok(target)
    }

    /// Narrower than a manifest's names: it also becomes a metric's and a type's.
    fn check_name(&self) -> Result<()> {
        let name = self.name;
        let known = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '-';
        let begins = name.starts_with(|character: char| character.is_ascii_lowercase());
        let is_good = begins && name.len() <= 64 && name.chars().all(known) && !name.ends_with('-') && !name.contains("--");
        ensure!(is_good, "`{name}` is not a plugin's name: use a-z, 0-9 and hyphens, begin with a letter, at most 64");
        Ok(())
    }

    fn fill(&self, text: &str) -> String {
        let words: Vec<&str> = self.name.split('-').collect();
        let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
        let mut kind: String = words.iter().map(|word| capital(word)).collect();
        if TAKEN.contains(&kind.as_str()) {
            kind.push_str("Plugin");
        }
        let title = std::iter::once(capital(words[0])).chain(words[1..].iter().map(|word| (*word).to_owned()));
        let title = title.collect::<Vec<_>>().join(" ");
        text.replace("{{name}}", self.name)
            .replace("{{metric}}", &self.name.replace('-', "_"))
            .replace("{{title}}", &title)
            .replace("{{type}}", &kind)
    }
}

/// The word that people use, and the templates' folder.
fn folder(kind: Kind) -> &'static str {
    match kind {
        Kind::DataSource => "source",
        Kind::AlertChannel => "channel",
        Kind::Panel => "panel",
    }
}

/// `source in rust`, …
fn known() -> Vec<String> {
    let mut known: Vec<String> = TEMPLATES
        .iter()
        .filter_map(|(path, _)| path.split_once('/'))
        .filter_map(|(language, rest)| Some(format!("{} in {language}", rest.split_once('/')?.0)))
        .collect();
    known.dedup();
    known
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;
    use crate::manifest::Manifest;

    fn new(kind: Kind, name: &str, into: &Path) -> Result<PathBuf> {
        New { kind, name, language: Language::Rust, into }.write()
    }

    /// The files that a plugin has in each language, and which of them names its type.
    const FILES: [(Language, &[&str], &str); 3] = [
        (Language::Rust, &["Cargo.toml", "src/lib.rs", ".vitrine/sdk/src/lib.rs"], "src/lib.rs"),
        (
            Language::JavaScript,
            &["package.json", "src/index.js", "test/index.test.js", ".vitrine/sdk/js/src/index.js"],
            "README.md",
        ),
        (
            Language::Python,
            &["pyproject.toml", "plugin.py", "tests/test_plugin.py", ".vitrine/sdk/python/pyproject.toml"],
            "plugin.py",
        ),
    ];

    #[test]
    fn every_kind_in_every_language_is_complete_and_valid() {
        for (language, files, named) in FILES {
            for kind in [Kind::DataSource, Kind::AlertChannel, Kind::Panel] {
                let folder = tempfile::tempdir().unwrap();
                let plugin = New { kind, name: "my-thing", language, into: folder.path() }.write().unwrap();
                let manifest = Manifest::parse(&fs::read_to_string(plugin.join("plugin.toml")).unwrap()).unwrap();
                assert_eq!((manifest.name.as_str(), manifest.kind, manifest.title.as_str()), ("my-thing", kind, "My thing"));
                for name in files.iter().chain(&["README.md", ".gitignore"]) {
                    let text = fs::read_to_string(plugin.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
                    let is_filled = !["{{name}}", "{{type}}", "{{metric}}"].iter().any(|word| text.contains(word));
                    assert!(is_filled || name.starts_with(".vitrine"), "{text}");
                }
                let text = fs::read_to_string(plugin.join(named)).unwrap();
                assert!(text.contains("MyThing") || text.contains("my-thing"), "{text}");
                assert!(!plugin.join(".vitrine/sdk/js/test").exists(), "the SDK's own tests would run among the plugin's");
            }
        }
    }

    #[test]
    fn what_is_there_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        new(Kind::Panel, "mine", folder.path()).unwrap();
        assert!(new(Kind::Panel, "mine", folder.path()).unwrap_err().to_string().contains("is there already"));
        fs::create_dir(folder.path().join("empty")).unwrap();
        new(Kind::Panel, "empty", folder.path()).unwrap();
    }

    #[test]
    fn names_are_checked() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["", "Mine", "1st", "a_b", "-a", "a-", "a--b", "../a", "a/b"] {
            assert!(new(Kind::Panel, name, folder.path()).is_err(), "{name}");
        }
    }

    #[test]
    fn a_plugin_may_be_called_like_a_trait() {
        let folder = tempfile::tempdir().unwrap();
        let plugin = new(Kind::DataSource, "source", folder.path()).unwrap();
        assert!(fs::read_to_string(plugin.join("src/lib.rs")).unwrap().contains("pub struct SourcePlugin"));
    }
}
