//! What a call costs, beside what others pay: a process that speaks JSON over a pipe, kept or started anew, and a
//! server on this machine. A fresh guest. And a large scrape, beside the same values made without a sandbox.
#![expect(clippy::unwrap_used, reason = "a benchmark may fail loudly")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use serde_json::{Value, json};
use tokio::runtime::Runtime as Threads;
use vitrine_model::Labels;
use vitrine_model::port::source::Source;
use vitrine_model::sample::Sample;
use vitrine_plugin::grant::{GrantSettings, Grants};
use vitrine_plugin::settings::PluginSettings;
use vitrine_plugin::{Instance, Plugin, PluginSource};

#[path = "../tests/hostile/text.rs"]
#[expect(dead_code, reason = "others use the rest of it")]
mod text;
#[path = "../tests/hostile/world.rs"]
#[expect(dead_code, reason = "others use the rest of it")]
mod world;

use text::{Text, root};
use world::Sandbox;

struct World {
    threads: Threads,
    sandbox: Sandbox,
}

impl World {
    fn new() -> World {
        let threads = Threads::new().unwrap();
        let sandbox = threads.block_on(async { Sandbox::with(PluginSettings::default()) });
        World { threads, sandbox }
    }

    fn plugin(&self, bytes: Vec<u8>) -> Arc<Plugin> {
        self.threads.block_on(self.sandbox.plugin(bytes))
    }

    fn instance(&self, plugin: &Arc<Plugin>, with: &Value) -> Arc<Instance> {
        Instance::new(&self.sandbox.runtime, Arc::clone(plugin), "measured", with, Grants::default())
    }
}

fn empty_call(criterion: &mut Criterion) {
    let world = World::new();
    let source = PluginSource::new(world.instance(&world.plugin(Text::source().file()), &Value::Null));
    let mut group = criterion.benchmark_group("a call with nothing in it");
    group.bench_function("sandboxed", |bencher| {
        bencher.to_async(&world.threads).iter(|| async { source.collect().await.unwrap() });
    });
    // The cheapest process there can be: it answers with what it is asked.
    let mut child = Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut ask, mut answers) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
    group.bench_function("a process that runs, JSON over a pipe", |bencher| {
        bencher.iter(|| {
            writeln!(ask, "{}", json!({ "call": "collect", "samples": [] })).unwrap();
            let mut line = String::new();
            answers.read_line(&mut line).unwrap();
            serde_json::from_str::<Value>(&line).unwrap()
        });
    });
    drop(ask);
    child.wait().unwrap();
    group.bench_function("a process for each call, JSON over a pipe", |bencher| {
        bencher.iter(|| {
            let output = Command::new("echo").arg("{\"samples\":[]}").output().unwrap();
            serde_json::from_slice::<Value>(&output.stdout).unwrap()
        });
    });
    let mut connection = server();
    group.bench_function("a server on this machine, JSON over HTTP, connection kept", |bencher| {
        bencher.iter(|| {
            let body = json!({ "call": "collect" }).to_string();
            let head = format!("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            connection.write_all(head.as_bytes()).unwrap();
            let mut bytes = [0; 1_024];
            let length = connection.read(&mut bytes).unwrap();
            let body = bytes[..length].rsplit(|byte| *byte == b'\n').next().unwrap();
            serde_json::from_slice::<Value>(body).unwrap()
        });
    });
    group.finish();
}

/// The cheapest server there can be: a thread that reads once and writes once.
fn server() -> TcpStream {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.set_nodelay(true).unwrap();
        let mut bytes = [0; 1_024];
        while stream.read(&mut bytes).is_ok_and(|length| length > 0) {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 14\r\n\r\n{\"samples\":[]}").unwrap();
        }
    });
    let connection = TcpStream::connect(address).unwrap();
    connection.set_nodelay(true).unwrap();
    connection
}

fn misbehaving(world: &World) -> Arc<Plugin> {
    let file = root().join("tests/components/misbehaving.wasm");
    world.plugin(std::fs::read(&file).unwrap_or_else(|_| panic!("{} is missing: run `make guests`", file.display())))
}

fn fresh(criterion: &mut Criterion) {
    let world = World::new();
    let mut group = criterion.benchmark_group("a fresh guest");
    let mut measure = |name: &str, plugin: &Arc<Plugin>, with: &Value| {
        group.bench_function(name, |bencher| {
            bencher.to_async(&world.threads).iter(|| async {
                let instance = world.instance(plugin, with);
                instance.warm_up().await.unwrap();
            });
        });
    };
    let panel = std::fs::read(root().join("host/app/bundled/stat.wasm")).unwrap();
    measure("a Rust panel, instantiated", &world.plugin(panel), &Value::Null);
    measure("a source in text, configured", &world.plugin(Text::source().file()), &Value::Null);
    measure("a Rust source, configured", &misbehaving(&world), &json!({ "deed": "nothing" }));
    group.finish();
}

fn scrape(criterion: &mut Criterion) {
    let world = World::new();
    let plugin = misbehaving(&world);
    assert!(Grants::new(&GrantSettings::default(), &plugin.manifest).is_ok());
    let source = PluginSource::new(world.instance(&plugin, &json!({ "deed": "scrape" })));
    let mut group = criterion.benchmark_group("10,000 series with 5 labels");
    group.bench_function("sandboxed", |bencher| {
        bencher.to_async(&world.threads).iter(|| async { source.collect().await.unwrap() });
    });
    group.bench_function("native, as labels and samples", |bencher| {
        bencher.iter(|| {
            let series = |number: u32| {
                let (path, pod) = (format!("/item/{}", number % 100), format!("pod-{}", number / 100));
                let labels = Labels::from_pairs([
                    ("__name__", "http_requests_total"),
                    ("job", "shop"),
                    ("method", "GET"),
                    ("code", "200"),
                    ("path", path.as_str()),
                    ("pod", pod.as_str()),
                ]);
                (labels, Sample { time: 0, value: f64::from(number) })
            };
            (0..10_000).map(series).collect::<Vec<_>>()
        });
    });
    group.bench_function("native, as the SDK's samples", |bencher| {
        bencher.iter(|| {
            let mut samples = vitrine_sdk::Samples::new();
            vitrine_misbehaving::scrape(&mut samples);
            samples
        });
    });
    group.finish();
}

criterion_group!(benches, empty_call, fresh, scrape);
criterion_main!(benches);
