//! `vitrine plugin new`: a small plugin that is complete.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use clap::ValueEnum;
use vitrine_pack::{Kind, Language, New};

/// The kinds as people call them.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(in crate::cli) enum KindWord {
    /// Watches something, and answers series
    Source,
    /// Tells people of alerts
    Channel,
    /// Turns series into a picture
    Panel,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(in crate::cli) enum LanguageWord {
    Rust,
    Js,
    Python,
}

pub(super) fn run(kind: KindWord, name: &str, language: LanguageWord, into: &Path) -> anyhow::Result<ExitCode> {
    let kind = match kind {
        KindWord::Source => Kind::DataSource,
        KindWord::Channel => Kind::AlertChannel,
        KindWord::Panel => Kind::Panel,
    };
    let language = match language {
        LanguageWord::Rust => Language::Rust,
        LanguageWord::Js => Language::JavaScript,
        LanguageWord::Python => Language::Python,
    };
    let folder = New { kind, name, language, into }.write()?;
    let folder = folder.strip_prefix(".").unwrap_or(&folder);
    let shown = folder.display();
    let mut said = std::io::stdout().lock();
    writeln!(said, "{shown}")?;
    writeln!(
        std::io::stderr(),
        "next: `vitrine plugin test {shown}`, then `vitrine plugin dev {shown}`; its README.md says how to use it"
    )?;
    Ok(ExitCode::SUCCESS)
}
