//! `vitrine plugin dev`: build at each change, swap into a running host, and show how it fares there.
//!
//! The host is told by the file alone: it watches its folder of plugins, and swaps the instances that use it. What it
//! says of them is asked over its API, where it can be reached.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use serde_json::Value;
use vitrine_config::Watcher;
use vitrine_plugin::{Bounds, fetch};

use crate::plan::{self, Origins};

/// Editors write in several steps; wait until they are done.
const QUIET: Duration = Duration::from_millis(200);
/// How often the host is asked.
const ASK_EVERY: Duration = Duration::from_secs(2);
/// How long it may take to answer, and how much it may say.
const PATIENCE: Duration = Duration::from_secs(2);
const ANSWER_BYTES: usize = 4 << 20;
/// Samples that are shown of each instance.
const SAMPLES: usize = 8;
/// What a build writes itself.
const NOT_SOURCES: [&str; 4] = ["target", ".vitrine", "node_modules", ".git"];

#[derive(Debug, Args)]
pub(in crate::cli) struct Dev {
    /// Folder with a plugin.toml
    #[arg(default_value = ".", value_name = "FOLDER")]
    folder: PathBuf,
    /// Where the host is [default: what `listen` says]
    #[arg(long, value_name = "URL")]
    host: Option<String>,
    /// The host's folder of plugins [default: what `plugins.folder` says]
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
    /// Build once and end
    #[arg(long)]
    once: bool,
}

pub(super) fn run(dev: &Dev, origins: &Origins) -> anyhow::Result<ExitCode> {
    let settings = plan::read(origins).ok().map(|plan| plan.settings);
    let into = dev.into.clone().or_else(|| settings.as_ref()?.plugins.folder.clone());
    let Some(into) = into else {
        bail!("the host has no folder of plugins: set `plugins: {{ folder: DIR }}` in its settings, or say --into DIR");
    };
    let host = dev.host.clone().or_else(|| Some(format!("http://{}", settings.as_ref()?.listen)));
    let folder = dev.folder.canonicalize().with_context(|| format!("there is no folder {}", dev.folder.display()))?;
    let (send, changes) = mpsc::sync_channel::<()>(1);
    let root = folder.clone();
    let watcher = Watcher::new(std::slice::from_ref(&folder), QUIET, move |paths| {
        if paths.iter().any(|path| is_source(&root, path)) {
            // A full channel means that a build is coming anyway.
            let _ = send.try_send(());
        }
    });
    let _watcher = watcher.map_err(anyhow::Error::msg)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut shown = Shown::default();
    let mut name = rebuild(&folder, &into);
    if dev.once {
        return Ok(if name.is_some() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    loop {
        match changes.recv_timeout(ASK_EVERY) {
            Ok(()) => name = rebuild(&folder, &into).or(name),
            Err(mpsc::RecvTimeoutError::Timeout) => {
                if let (Some(host), Some(name)) = (&host, &name) {
                    runtime.block_on(shown.ask(host, name));
                }
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => return Ok(ExitCode::SUCCESS),
        }
    }
}

fn is_source(root: &Path, path: &Path) -> bool {
    let inside = path.strip_prefix(root).unwrap_or(path);
    let first = inside.components().next().map(|part| part.as_os_str().to_string_lossy().into_owned()).unwrap_or_default();
    !NOT_SOURCES.contains(&first.as_str()) && first != "Cargo.lock"
}

/// Builds into the host's folder; says what is wrong, and answers the plugin's name if nothing is.
fn rebuild(folder: &Path, into: &Path) -> Option<String> {
    match vitrine_pack::build_all(&[folder.to_owned()], into, vitrine_pack::File::Plain, &mut |line: &str| eprintln!("{line}")) {
        Ok(built) => {
            let plugin = built.into_iter().next()?;
            eprintln!("{} {} is in {}", plugin.name, plugin.version, plugin.path.display());
            Some(plugin.name)
        }
        Err(error) => {
            eprintln!("error: {error:#}\nwaiting for the next change; what ran before runs on");
            None
        }
    }
}

/// What was said last of each instance, so that only news is said.
#[derive(Default)]
struct Shown {
    state: BTreeMap<String, String>,
    /// The last line of each instance's log, and since when that instance runs.
    lines: BTreeMap<String, (String, u64)>,
    is_away: bool,
}

impl Shown {
    async fn ask(&mut self, host: &str, plugin: &str) {
        let sources = match get(&format!("{host}/api/sources")).await {
            Ok(sources) => sources,
            Err(reason) => {
                if !std::mem::replace(&mut self.is_away, true) {
                    eprintln!("the host does not answer ({reason}): start it with `vitrine serve`");
                }
                return;
            }
        };
        self.is_away = false;
        if let Ok(plugins) = get(&format!("{host}/api/v1/plugins")).await {
            let cards = plugins["data"]["plugins"].as_array().into_iter().flatten();
            for instance in cards.filter(|card| card["name"] == plugin).flat_map(|card| card["instances"].as_array()).flatten() {
                self.told(instance);
            }
        }
        for noun in ["sources", "channels"] {
            for instance in sources["data"][noun].as_array().into_iter().flatten().filter(|one| one["plugin"] == plugin) {
                let name = instance["name"].as_str().unwrap_or_default();
                let said = match instance["fault"]["reason"].as_str() {
                    Some(reason) => format!("{name}: {}: {reason}", instance["fault"]["whose"].as_str().unwrap_or("fault")),
                    None if noun == "sources" => samples(host, name).await.unwrap_or_else(|| format!("{name}: no samples yet")),
                    None => format!("{name}: ready"),
                };
                if self.state.insert(name.to_owned(), said.clone()).as_ref() != Some(&said) {
                    eprintln!("{said}");
                }
            }
        }
    }
}

impl Shown {
    /// What the host has to say of an instance, and what the instance has to say itself.
    fn told(&mut self, instance: &Value) {
        let name = instance["name"].as_str().unwrap_or_default();
        let since = instance["since"].as_str().unwrap_or_default();
        let trouble = instance["trouble"].as_str().or_else(|| instance["reason"].as_str()).unwrap_or_default();
        let known = self.state.insert(format!("{name} trouble"), trouble.to_owned()).unwrap_or_default();
        if !trouble.is_empty() && known != trouble {
            eprintln!("{name}: {}: {trouble}", instance["state"].as_str().unwrap_or("trouble"));
        }
        let last = self.lines.entry(name.to_owned()).or_default();
        if last.0 != since {
            *last = (since.to_owned(), 0);
        }
        for line in instance["lines"].as_array().into_iter().flatten() {
            let number = line["number"].as_u64().unwrap_or_default();
            if number > last.1 {
                last.1 = number;
                let (level, text) = (line["level"].as_str().unwrap_or_default(), line["text"].as_str().unwrap_or_default());
                eprintln!("{name}: {level}: {text}");
            }
        }
    }
}

/// The last samples of a source, as the host has them.
async fn samples(host: &str, source: &str) -> Option<String> {
    let query = format!("{{source=\"{source}\"}}");
    let query: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
    let answer = get(&format!("{host}/api/v1/query?query={query}")).await.ok()?;
    let series = answer["data"]["result"].as_array()?;
    let is_own = |one: &&Value| {
        let name = one["metric"]["__name__"].as_str().unwrap_or_default();
        name != "up" && !name.starts_with("scrape_")
    };
    let own: Vec<&Value> = series.iter().filter(is_own).collect();
    let mut lines = vec![format!("{source}: {} series", own.len())];
    for one in own.iter().take(SAMPLES) {
        let metric = one["metric"].as_object()?;
        let labels: Vec<String> = metric
            .iter()
            .filter(|(name, _)| !["__name__", "source"].contains(&name.as_str()))
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let name = metric.get("__name__").and_then(Value::as_str).unwrap_or_default();
        lines.push(format!("  {name}{{{}}} {}", labels.join(","), one["value"][1].as_str().unwrap_or_default()));
    }
    Some(lines.join("\n"))
}

async fn get(url: &str) -> Result<Value, String> {
    let bytes = fetch(url, Bounds { bytes: ANSWER_BYTES, time: PATIENCE, ca_file: None }).await?;
    serde_json::from_slice(&bytes).map_err(|error| format!("{url}: {error}"))
}
