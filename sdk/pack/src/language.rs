//! The languages that a plugin can be written in, and how its folder tells which.

mod cache;
mod js;
mod python;
mod tool;

pub use cache::root as cache_folder;

use std::fmt;
use std::path::Path;

use anyhow::{Result, bail};

use crate::manifest::Kind;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    Rust,
    JavaScript,
    Python,
}

impl Language {
    pub const ALL: [Language; 3] = [Language::Rust, Language::JavaScript, Language::Python];

    /// As `--lang` takes it; also the folder of its templates.
    pub fn word(self) -> &'static str {
        match self {
            Language::Rust => "rust",
            Language::JavaScript => "js",
            Language::Python => "python",
        }
    }

    /// The file by which a folder says that it is written in this language.
    fn sign(self) -> &'static str {
        match self {
            Language::Rust => "Cargo.toml",
            Language::JavaScript => "package.json",
            Language::Python => "pyproject.toml",
        }
    }

    /// The language of a plugin's folder.
    pub fn of(folder: &Path) -> Result<Language> {
        match Language::ALL.into_iter().find(|language| folder.join(language.sign()).is_file()) {
            Some(language) => Ok(language),
            None => {
                let signs = Language::ALL.map(Language::sign);
                bail!(
                    "{} is no plugin that can be built: it has none of {}; `vitrine plugin new` writes one",
                    folder.display(),
                    signs.join(", ")
                )
            }
        }
    }

    /// The component (or the core module) of a folder. Rust is not asked here: crates of one workspace are compiled
    /// together.
    pub(crate) fn compile(self, folder: &Path, kind: Kind, progress: &mut dyn FnMut(&str)) -> Result<Vec<u8>> {
        match self {
            Language::JavaScript => js::compile(folder, kind, progress),
            Language::Python => python::compile(folder, kind, progress),
            Language::Rust => bail!("{} is a crate", folder.display()),
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word())
    }
}
