//! What each language costs: sizes, compile and start-up times, calls, memory. Prints the table of sdk/README.md.
//!
//! `make stations && cargo run --release --package vitrine-plugin --example languages`
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a tool for whoever works on this: it prints, or fails")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use prometheus_client::registry::Registry;
use serde_json::json;
use vitrine_model::port::source::Source;
use vitrine_model::{Clock, Millis};
use vitrine_plugin::grant::{GrantSettings, Grants};
use vitrine_plugin::settings::PluginSettings;
use vitrine_plugin::{Instance, PluginSource, Runtime};

const CALLS: u32 = 1_000;

#[derive(Debug)]
struct FixedClock;

#[async_trait]
impl Clock for FixedClock {
    fn now(&self) -> Millis {
        1_767_225_600_000
    }

    async fn sleep_until(&self, _moment: Millis) {}
}

#[tokio::main]
async fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/components/stations");
    println!(
        "| language | file | gzip | compiled code | cold compile | from the code cache | start | first call | call | memory |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    for language in ["rust", "js", "python"] {
        measure(language, &folder.join(format!("weather-station-{language}.wasm"))).await;
    }
}

async fn measure(language: &str, file: &Path) {
    let data = tempfile::tempdir().unwrap();
    let bytes: Arc<[u8]> = std::fs::read(file).unwrap().into();
    let cold = load(data.path(), &bytes).await.1;
    let (runtime, warm) = load(data.path(), &bytes).await;
    let plugin = runtime.load(Arc::clone(&bytes)).await.unwrap();
    // Nothing is granted: each call asks for a request, and is refused by the host. The network is not in it.
    let grants = Grants::new(&GrantSettings::default(), &plugin.manifest).unwrap();
    let config = json!({ "station": "BER-1", "url": "https://weather.test" });
    let instance = Instance::new(&runtime, plugin, "measured", &config, grants);
    let begin = Instant::now();
    instance.warm_up().await.unwrap();
    let start = begin.elapsed();
    let source = PluginSource::new(Arc::clone(&instance));
    let begin = Instant::now();
    source.collect().await.unwrap_err();
    let first = begin.elapsed();
    let begin = Instant::now();
    for _ in 0..CALLS {
        source.collect().await.unwrap_err();
    }
    let call = begin.elapsed() / CALLS;
    let code = size(&data.path().join("code"));
    println!(
        "| {language} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
        mega(bytes.len()),
        mega(zipped(file)),
        mega(code),
        time(cold),
        time(warm),
        time(start),
        time(first),
        time(call),
        mega(usize::try_from(instance.usage().memory_bytes).unwrap()),
    );
}

async fn load(data: &Path, bytes: &Arc<[u8]>) -> (Arc<Runtime>, Duration) {
    let settings = PluginSettings::default();
    let runtime = Runtime::new(settings, data.to_owned(), Arc::new(FixedClock), &mut Registry::default()).unwrap();
    let begin = Instant::now();
    runtime.load(Arc::clone(bytes)).await.unwrap();
    (runtime, begin.elapsed())
}

fn size(folder: &PathBuf) -> usize {
    let files = std::fs::read_dir(folder).unwrap().flatten();
    files.map(|file| usize::try_from(file.metadata().unwrap().len()).unwrap()).sum()
}

fn zipped(file: &Path) -> usize {
    std::process::Command::new("gzip").args(["-9", "--stdout"]).arg(file).output().unwrap().stdout.len()
}

fn mega(bytes: usize) -> String {
    format!("{:.2} MB", bytes as f64 / 1e6)
}

fn time(time: Duration) -> String {
    match time.as_secs_f64() {
        seconds if seconds >= 1.0 => format!("{seconds:.1} s"),
        seconds if seconds >= 0.001 => format!("{:.1} ms", seconds * 1e3),
        seconds => format!("{:.0} µs", seconds * 1e6),
    }
}
