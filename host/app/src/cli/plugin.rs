//! `vitrine plugin …`: one file per verb.

mod build;
mod dev;
mod inspect;
mod install;
mod key;
mod new;
mod order;
mod pack;
mod sign;
mod test;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;

use crate::plan::Origins;

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Write a small plugin that is complete, tests included
    ///
    /// What it needs of the SDK is written beside it; nothing else is needed to build it than its language's tools.
    #[command(after_help = "EXAMPLE:
  vitrine plugin new source weather-station")]
    New {
        /// What it is
        kind: new::KindWord,
        /// What to call it: a-z, 0-9 and hyphens
        name: String,
        /// The language to write it in
        #[arg(long, value_name = "LANGUAGE", default_value = "rust")]
        lang: new::LanguageWord,
        /// The folder to make its folder in
        #[arg(long, value_name = "FOLDER", default_value = ".")]
        into: PathBuf,
    },
    /// Compile plugins, each to one file with its manifest inside
    ///
    /// Rust is needed for those in Rust; the WebAssembly target is installed if it is missing and can be.
    #[command(after_help = "EXAMPLE:
  vitrine plugin build weather-station --out plugins")]
    Build {
        /// Folders with a plugin.toml
        #[arg(default_value = ".", value_name = "FOLDER")]
        folders: Vec<PathBuf>,
        /// Folder to put the files in
        #[arg(long, value_name = "DIR", default_value = ".")]
        out: PathBuf,
    },
    /// Build a plugin at each change and swap it into a running host, and show how it fares there
    ///
    /// The file goes to the host's `plugins.folder`; the host sees it and swaps the instances that use it. Ends with
    /// Ctrl-C.
    #[command(after_help = "EXAMPLE:
  vitrine plugin dev weather-station --host http://127.0.0.1:7878")]
    Dev(dev::Dev),
    /// Hold a plugin against its contract, in the real sandbox, with faults
    ///
    /// A web server, a mail relay and a database of the test's own answer it, and misbehave. Configurations and answers
    /// come from `[test]` in plugin.toml. The exit code is 1 where the score is below the threshold.
    #[command(after_help = "EXAMPLE:
  vitrine plugin test weather-station
  vitrine plugin test weather.wasm --with '{\"url\": \"{server}/now.json\"}' --json")]
    Test(test::Test),
    /// Make the one file that is handed on: NAME-VERSION.vitrine.wasm
    ///
    /// The same sources give the same bytes, wherever they lie.
    #[command(after_help = "EXAMPLE:
  vitrine plugin pack weather-station")]
    Pack {
        /// Folder with a plugin.toml
        #[arg(default_value = ".", value_name = "FOLDER")]
        folder: PathBuf,
        /// Folder to put the file in
        #[arg(long, value_name = "DIR", default_value = ".")]
        out: PathBuf,
    },
    /// Make keys for signing
    #[command(subcommand)]
    Key(key::KeyVerb),
    /// Sign a plugin file; the signature lies in the file
    #[command(after_help = "EXAMPLE:
  vitrine plugin sign weather-station-0.1.0.vitrine.wasm --key ~/team.key")]
    Sign {
        /// The file
        file: PathBuf,
        /// The key, as `vitrine plugin key new` made it
        #[arg(long, value_name = "FILE", default_value = "vitrine.key")]
        key: PathBuf,
    },
    /// Say who signed a plugin file, and whether it is as they signed it
    #[command(after_help = "EXAMPLE:
  vitrine plugin verify weather-station-0.1.0.vitrine.wasm")]
    Verify {
        /// The file
        file: PathBuf,
        /// The public key that it must be signed by; without it, whoever the settings trust
        #[arg(long, value_name = "KEY")]
        key: Option<String>,
    },
    /// Install a plugin from a file, a URL or a folder in OCI layout
    ///
    /// It is written to plugins.lock beside the settings, by digest; a running host takes it at once.
    #[command(after_help = "EXAMPLE:
  vitrine plugin install weather-station-0.1.0.vitrine.wasm
  vitrine plugin install https://plugins.example/weather.wasm@sha256:…")]
    Install {
        /// Path or URL, and `@sha256:…` to take that very file and no other
        #[arg(value_name = "PLACE")]
        what: String,
    },
    /// List the plugins that there are: bundled, installed, and in the folder
    #[command(after_help = "EXAMPLE:
  vitrine plugin list")]
    List,
    /// Remove an installed plugin
    #[command(after_help = "EXAMPLE:
  vitrine plugin remove weather-station")]
    Remove {
        /// Its name
        name: String,
    },
    /// Say what a plugin is: kind, version, rights asked and granted, digest
    #[command(after_help = "EXAMPLE:
  vitrine plugin inspect system")]
    Inspect {
        /// A file, or the name of a plugin
        plugin: String,
        /// Print it as JSON
        #[arg(long)]
        json: bool,
        /// Ask a running host what its instances used, and what they were refused
        #[arg(long, value_name = "URL")]
        host: Option<String>,
    },
    /// Approve what the build that is there now asks for
    ///
    /// A new build that asks for more than the one before waits until somebody says yes. A running host takes it at
    /// once, another at its next start. What the entry does not grant stays out of reach.
    Grant {
        /// The source or channel: `shop`, or `source/shop` where a channel has the same name
        instance: String,
        /// Only this build, as `vitrine plugin inspect` shows it
        #[arg(long, value_name = "sha256:…")]
        digest: Option<String>,
    },
    /// Let an instance be called again that was disabled or quarantined
    Enable {
        /// The source, channel or panel
        instance: String,
    },
}

pub(super) fn run(verb: Verb, origins: &Origins) -> anyhow::Result<ExitCode> {
    match verb {
        Verb::New { kind, name, lang, into } => new::run(kind, &name, lang, &into),
        Verb::Build { folders, out } => build::run(&folders, &out),
        Verb::Dev(dev) => dev::run(&dev, origins),
        Verb::Test(test) => test::run(&test, origins),
        Verb::Pack { folder, out } => pack::run(&folder, &out),
        Verb::Key(verb) => key::run(&verb),
        Verb::Sign { file, key } => sign::sign(&file, &key),
        Verb::Verify { file, key } => sign::verify(&file, key.as_deref(), origins),
        Verb::Install { what } => install::run(&what, origins),
        Verb::List => install::list(origins),
        Verb::Remove { name } => install::remove(&name, origins),
        Verb::Inspect { plugin, json, host } => inspect::run(&plugin, json, host.as_deref(), origins),
        Verb::Grant { instance, digest } => order::grant(&instance, digest.as_deref(), origins),
        Verb::Enable { instance } => order::enable(&instance, origins),
    }
}
