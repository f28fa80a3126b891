//! Whatever bytes come from a plugin's file, or out of a guest's memory: the host answers or refuses, and lives.
//!
//! A parrot in text puts the bytes it is given where its answer is, so that what is tried is the whole way over the
//! border. `make fuzz SECONDS=600` tries for longer than a test run does.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::fmt::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use proptest::collection::vec;
use proptest::prelude::{Strategy, any};
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value;
use tokio::runtime::Runtime as Threads;
use vitrine_model::alert::EventKind;
use vitrine_model::frame::TimeRange;
use vitrine_model::labels::is_label_name;
use vitrine_model::notification::Notification;
use vitrine_model::port::channel::Channel;
use vitrine_model::port::panel::Panel;
use vitrine_model::port::source::Source;
use vitrine_model::{Fault, Labels};
use vitrine_plugin::grant::Grants;
use vitrine_plugin::{Instance, Manifest, Plugin, PluginChannel, PluginPanel, PluginSource};

#[path = "hostile/text.rs"]
mod text;
#[path = "hostile/world.rs"]
#[expect(dead_code, reason = "others use the rest of it")]
mod world;

use text::{Text, manifest, with_manifest};
use world::{Sandbox, request};

/// How long each target is tried where nobody says otherwise.
const SECONDS: u64 = 2;

/// Tries for the time that is given; what fails is made small and shown.
fn tries<S: Strategy>(strategy: &S, check: impl Fn(S::Value)) {
    #[expect(clippy::disallowed_methods, reason = "a test has no settings")]
    let seconds = std::env::var("FUZZ_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(SECONDS);
    let end = Instant::now() + Duration::from_secs(seconds);
    let config = Config { cases: 32, failure_persistence: None, max_shrink_time: 60_000, ..Config::default() };
    let mut runner = TestRunner::new(config);
    let mut rounds = 0;
    while Instant::now() < end {
        let outcome = runner.run(strategy, |value| {
            check(value);
            Ok(())
        });
        outcome.unwrap_or_else(|failure| panic!("{failure}"));
        rounds += 1;
    }
    assert!(rounds > 0, "nothing was tried");
}

fn changes() -> impl Strategy<Value = Vec<(u16, u8)>> {
    vec(any::<(u16, u8)>(), 0..4)
}

fn seeds() -> impl Strategy<Value = Vec<(u8, u32)>> {
    vec(any::<(u8, u32)>(), 0..60)
}

/// Where the parrot says that all is well: beyond what it repeats.
const WELL: &str = "(return (i32.const 61440))";
/// The most it repeats, in words.
const WORDS: usize = 1_024;

/// Code that writes the bytes, spelt as letters from `text` on, to where the answer is.
fn repeat(text: &str, length: &str) -> String {
    let letter = |offset: &str| {
        let place = format!("(i32.add (local.get {text}) (i32.shl (local.get $at) (i32.const 1)))");
        format!("(i32.sub (i32.load8_u {offset} {place}) (i32.const 97))")
    };
    format!(
        "(global.set $heap (i32.const 65536)) (local.set $at (i32.const 0))
        (block $end (loop $on
            (br_if $end (i32.ge_u (local.get $at) (i32.shr_u (local.get {length}) (i32.const 1))))
            (i32.store8 offset=16 (local.get $at) (i32.or (i32.shl {} (i32.const 4)) {}))
            (local.set $at (i32.add (local.get $at) (i32.const 1)))
            (br $on)))",
        letter(""),
        letter("offset=1")
    )
}

/// Two letters for each byte.
fn spelt(words: &[u32]) -> String {
    words.iter().flat_map(|word| word.to_le_bytes()).fold(String::new(), |mut text, byte| {
        text.push(char::from(b'a' + (byte >> 4)));
        text.push(char::from(b'a' + (byte & 15)));
        text
    })
}

/// Words as an answer has them: small numbers, places within the soup, lengths, and anything.
fn soup(seeds: &[(u8, u32)]) -> Vec<u32> {
    let word = |(kind, number): &(u8, u32)| match kind % 4 {
        0 => number % 5,
        1 => 16 + number % 512 * 8,
        2 => number % 40,
        _ => *number,
    };
    // A short soup goes round: what is pointed at has sense too.
    if seeds.is_empty() { Vec::new() } else { seeds.iter().cycle().take(WORDS).map(word).collect() }
}

struct World {
    threads: Threads,
    sandbox: Sandbox,
}

impl World {
    fn new() -> World {
        World { threads: tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap(), sandbox: Sandbox::new() }
    }

    fn plugin(&self, text: &Text) -> Arc<Plugin> {
        self.threads.block_on(self.sandbox.plugin(text.file()))
    }

    fn source(&self, plugin: &Arc<Plugin>, words: &[u32]) -> PluginSource {
        let config = Value::String(spelt(words));
        PluginSource::new(Instance::new(&self.sandbox.runtime, Arc::clone(plugin), "parrot", &config, Grants::default()))
    }

    /// A source that repeats its configuration, which is JSON: without its quotes.
    fn parrot(&self) -> Arc<Plugin> {
        let inner = "(local.set $text (i32.add (local.get $text) (i32.const 1)))
            (local.set $length (i32.sub (local.get $length) (i32.const 2)))";
        self.plugin(&Text::source().pages(8).at("configure", format!("{inner} {} {WELL}", repeat("$text", "$length"))))
    }
}

/// A batch as a source means it, and what goes wrong with it on the way.
#[derive(Debug)]
struct Meant {
    symbols: Vec<String>,
    labels: Vec<u8>,
    ends: Vec<u8>,
    values: Vec<u64>,
    times: Vec<i64>,
    slips: Vec<(u16, u32)>,
}

fn meant() -> impl Strategy<Value = Meant> {
    let lists = (vec(any::<String>(), 0..8), vec(any::<u8>(), 0..24), vec(any::<u8>(), 0..6));
    let columns = (vec(any::<u64>(), 0..6), vec(any::<i64>(), 0..6), vec(any::<(u16, u32)>(), 0..3));
    (lists, columns).prop_map(|((symbols, labels, ends), (values, times, slips))| Meant {
        symbols,
        labels,
        ends,
        values,
        times,
        slips,
    })
}

impl Meant {
    /// As it lies in memory, from 16 on.
    fn words(&self) -> Vec<u32> {
        let mut body: Vec<u32> = vec![0; 16];
        let mut heads = Vec::new();
        let place = |body: &Vec<u32>| 16 + 4 * u32::try_from(body.len()).unwrap();
        let mut texts = Vec::new();
        for symbol in ["__name__", "up", "job"].into_iter().chain(self.symbols.iter().map(String::as_str)) {
            let bytes: Vec<u8> = symbol.bytes().take(60).collect();
            texts.extend([place(&body), u32::try_from(bytes.len()).unwrap()]);
            body.extend(bytes.chunks(4).map(|part| {
                let mut word = [0; 4];
                word[..part.len()].copy_from_slice(part);
                u32::from_le_bytes(word)
            }));
        }
        let mut list = |words: Vec<u32>, each: usize| {
            body.resize(body.len().next_multiple_of(2), 0);
            heads.extend([place(&body), u32::try_from(words.len() / each).unwrap()]);
            body.extend(words);
        };
        let halves = |number: u64| [number as u32, (number >> 32) as u32];
        list(texts, 2);
        list(self.labels.iter().map(|label| u32::from(label % 8)).collect(), 1);
        list(self.ends.iter().map(|end| u32::from(end % 64)).collect(), 1);
        list(self.values.iter().flat_map(|value| halves(*value)).collect(), 2);
        list(self.times.iter().flat_map(|time| halves(time.cast_unsigned())).collect(), 2);
        // `ok`, no families, then the lists.
        body[3..13].copy_from_slice(&heads);
        for (place, word) in &self.slips {
            let place = usize::from(*place) % body.len();
            body[place] = *word;
        }
        body
    }
}

fn is_sound(outcome: Result<vitrine_model::sample::Batch, Fault>) {
    for (labels, sample) in outcome.into_iter().flat_map(|batch| batch.samples) {
        assert!(!labels.name().is_empty() && labels.iter().all(|(name, _)| is_label_name(name)), "{labels}");
        assert!((0..=253_402_300_799_999).contains(&sample.time), "{}", sample.time);
    }
}

#[test]
fn manifests() {
    tries(&(changes(), any::<String>()), |(changes, tail)| {
        let _ = Manifest::parse(&tail);
        let mut text =
            manifest("data-source", "offers = [\"collector\"]\n[rights.http]\nreason = \"a\"\n[options.b]\ntype = \"string\"\n")
                .into_bytes();
        for (place, byte) in &changes {
            let place = usize::from(*place) % text.len();
            text[place] = *byte;
        }
        let mut text = String::from_utf8_lossy(&text).into_owned();
        let _ = write!(text, "\n{tail}");
        let _ = Manifest::parse(&text);
        let _ = vitrine_plugin::manifest_of(text.as_bytes());
    });
}

#[test]
fn components() {
    let world = World::new();
    let whole = Text::source().component();
    let about = manifest("data-source", "offers = [\"collector\"]\n");
    tries(&(changes(), any::<Option<u16>>()), |(changes, end)| {
        let mut bytes = whole.clone();
        for (place, byte) in &changes {
            let place = usize::from(*place) % bytes.len();
            bytes[place] = *byte;
        }
        bytes.truncate(end.map_or(bytes.len(), |end| usize::from(end) % bytes.len()));
        world.threads.block_on(async {
            if let Ok(plugin) = world.sandbox.runtime.load(with_manifest(&bytes, &about).into()).await {
                is_sound(PluginSource::new(world.sandbox.named(&plugin, "changed")).collect().await);
            }
        });
    });
}

#[test]
fn batches() {
    let world = World::new();
    let parrot = world.parrot();
    tries(&meant(), |meant| {
        is_sound(world.threads.block_on(world.source(&parrot, &meant.words()).collect()));
    });
}

#[test]
fn answers_of_a_source() {
    let world = World::new();
    let parrot = world.parrot();
    let range = TimeRange { start: 0, end: 1_000, step: 10 };
    tries(&seeds(), |seeds| {
        let source = world.source(&parrot, &soup(&seeds));
        world.threads.block_on(async {
            is_sound(source.collect().await);
            source.instance().enable();
            for frames in source.query(&["a".to_owned()], range).await.into_iter().flatten().flatten() {
                for frame in frames {
                    let rows = frame.columns.first().map_or(0, |column| column.values.len());
                    assert!(frame.columns.iter().all(|column| column.values.len() == rows));
                }
            }
            source.instance().enable();
            let _ = source.check().await;
        });
    });
}

#[test]
fn views() {
    let world = World::new();
    let plugin = world.plugin(&Text::panel().pages(8).at("render", repeat("$text", "$length")));
    let panel = PluginPanel(world.sandbox.named(&plugin, "parrot"));
    tries(&seeds(), |seeds| {
        panel.0.enable();
        let _ = world.threads.block_on(panel.render(request(&spelt(&soup(&seeds)))));
    });
}

#[test]
fn receipts() {
    let world = World::new();
    let plugin = world.plugin(&Text::channel().pages(8).at("deliver", repeat("13", "14")));
    let channel = PluginChannel(world.sandbox.named(&plugin, "parrot"));
    let notification = Notification {
        status: EventKind::Resolved,
        title: String::new(),
        group: String::new(),
        group_labels: Labels::new(),
        alerts: Vec::new(),
        host: String::new(),
        time_zone: "UTC".to_owned(),
    };
    tries(&seeds(), |seeds| {
        channel.0.enable();
        let _ = world.threads.block_on(channel.deliver(&notification, &spelt(&soup(&seeds))));
    });
}
