//! Panels: given every frame that there could be, none and huge ones among them.

use std::sync::Arc;

use serde_json::{Value, json};
use vitrine_model::frame::{Column, Frame, TimeRange, Values};
use vitrine_model::port::panel::{Panel, RenderRequest, Theme};
use vitrine_model::view::View;
use vitrine_model::{Fault, Labels, Millis};
use vitrine_plugin::PluginPanel;

use super::clock::START;
use super::report::{Report, Verdict};
use super::world::World;
use super::{judge, sane};

const CALLS: usize = 200;
const WARM: usize = 50;
const SLACK_BYTES: u64 = 1 << 20;
const RANGE: TimeRange = TimeRange { start: START - 3_600_000, end: START, step: 15_000 };

pub async fn run(world: &World, report: &mut Report) {
    report.add("renders with its options", options(world).await);
    report.add("refuses or takes empty options", empty_options(world).await);
    report.add("is not upset by an unknown key", changed(world, "nobody_knows_this_key", &json!(1)).await);
    report.add("is not upset by values of wrong types", wrong_types(world).await);
    report.add("gives the same view for the same request", same(world).await);
    for (name, frames) in data() {
        report.add(format!("renders {name}"), frames_given(world, frames).await);
    }
    for (name, request) in boxes(world) {
        report.add(format!("renders {name}"), outcome(world, request).await);
    }
    report.add("does not grow over 200 calls", growth(world).await);
}

fn request(world: &World, frames: Vec<Frame>) -> RenderRequest {
    RenderRequest {
        frames,
        options: world.sample().to_string(),
        width: 600,
        height: 300,
        theme: Theme::Light,
        time_zone: "Europe/Berlin".to_owned(),
        range: RANGE,
    }
}

fn column(name: &str, labels: Labels, values: Values) -> Column {
    Column { name: name.to_owned(), labels, unit: None, values }
}

/// Series over common times.
fn frame(series: usize, points: usize, value: impl Fn(usize, usize) -> f64) -> Frame {
    let times = (0..points).map(|point| RANGE.start + Millis::try_from(point).unwrap_or(0) * 1_000).collect();
    let mut columns = vec![column("time", Labels::new(), Values::Times(times))];
    for number in 0..series {
        let labels = Labels::from_pairs([("__name__", "contract_value".to_owned()), ("number", number.to_string())]);
        let values = (0..points).map(|point| value(number, point)).collect();
        columns.push(column(&format!("number {number}"), labels, Values::Numbers(values)));
    }
    Frame { name: String::new(), columns }
}

#[expect(clippy::cast_precision_loss, reason = "small numbers, to draw")]
fn usual() -> Vec<Frame> {
    vec![frame(3, 60, |number, point| (number * 60 + point) as f64 / 180.0)]
}

/// Everything that a query may bring, with words for it.
fn data() -> Vec<(&'static str, Vec<Frame>)> {
    let one = |columns: Vec<Column>| vec![Frame { name: "odd".to_owned(), columns }];
    let plain = |name: &str, values: Values| column(name, Labels::new(), values);
    let text = |text: &str| vec![text.to_owned(), String::new()];
    let hostile = "<script>alert(1)</script>\u{202e}\u{0}\n{{name}}".repeat(100);
    vec![
        ("no data", Vec::new()),
        ("an empty frame", vec![Frame::default()]),
        ("times without series", one(vec![plain("time", Values::Times(vec![START]))])),
        ("series without a point", vec![frame(3, 0, |_, _| 0.0)]),
        ("a single point", vec![frame(1, 1, |_, _| 0.5)]),
        ("nothing but NaN", vec![frame(2, 60, |_, _| f64::NAN)]),
        ("infinite values", vec![frame(2, 60, |number, _| if number == 0 { f64::INFINITY } else { f64::NEG_INFINITY })]),
        (
            "the largest and the smallest numbers",
            vec![frame(4, 60, |number, _| [f64::MAX, f64::MIN, f64::MIN_POSITIVE, -0.0][number])],
        ),
        ("numbers without times", one(vec![plain("a", Values::Numbers(vec![1.0, 2.0]))])),
        ("texts and flags", one(vec![plain("a", Values::Texts(text("b"))), plain("c", Values::Flags(vec![true, false]))])),
        (
            "times before 1970 and far away",
            one(vec![
                plain("time", Values::Times(vec![i64::MIN, -1, 0, i64::MAX])),
                plain("a", Values::Numbers(vec![1.0, 2.0, 3.0, 4.0])),
            ]),
        ),
        (
            "names that are long and hostile",
            one(vec![
                plain("time", Values::Times(vec![START])),
                column(&hostile, Labels::from_pairs([("name", hostile.as_str())]), Values::Numbers(vec![1.0])),
            ]),
        ),
        ("many frames", (0..300).map(|_| frame(1, 10, |_, point| if point == 5 { f64::NAN } else { 1.0 })).collect()),
        (
            "a huge frame",
            vec![frame(200, 2_000, |number, point| if (number + point).is_multiple_of(7) { f64::NAN } else { 0.5 })],
        ),
    ]
}

/// Odd places to draw to.
fn boxes(world: &World) -> Vec<(&'static str, RenderRequest)> {
    let usual = request(world, usual());
    vec![
        ("into no box at all", RenderRequest { width: 0, height: 0, ..usual.clone() }),
        ("into a huge box", RenderRequest { width: u32::MAX, height: u32::MAX, ..usual.clone() }),
        ("in a dark theme", RenderRequest { theme: Theme::Dark, ..usual.clone() }),
        (
            "a range that runs backwards",
            RenderRequest { range: TimeRange { start: RANGE.end, end: RANGE.start, step: 0 }, ..usual.clone() },
        ),
        ("in a zone that nobody knows", RenderRequest { time_zone: "Nowhere/Land".to_owned(), ..usual }),
    ]
}

async fn outcome(world: &World, request: RenderRequest) -> Verdict {
    match PluginPanel(world.instance()).render(request).await {
        Ok(view) => sane::view(&view),
        Err(fault) => judge(&fault, &["invalid"]),
    }
}

async fn frames_given(world: &World, frames: Vec<Frame>) -> Verdict {
    outcome(world, request(world, frames)).await
}

async fn options(world: &World) -> Verdict {
    for sample in &world.samples {
        let request = RenderRequest { options: world.filled(sample).to_string(), ..request(world, usual()) };
        match PluginPanel(world.instance()).render(request).await {
            Ok(view) if sane::view(&view) == Verdict::Good => {}
            Ok(view) => return sane::view(&view),
            Err(fault) => return judge(&fault, &[]).at(&sample.to_string()),
        }
    }
    Verdict::Good
}

async fn empty_options(world: &World) -> Verdict {
    let needs_some = world.manifest.options.values().any(|option| option.required);
    let request = RenderRequest { options: "{}".to_owned(), ..request(world, usual()) };
    match PluginPanel(world.instance()).render(request).await {
        Ok(_) if needs_some => Verdict::bad(
            "it takes empty options, though plugin.toml says that one is required",
            "remove `required = true`, or refuse them with `Fault::Invalid`",
        ),
        Ok(_) => Verdict::Good,
        Err(fault) => judge(&fault, &["invalid"]),
    }
}

async fn changed(world: &World, key: &str, value: &Value) -> Verdict {
    let mut with = world.sample();
    if let Some(map) = with.as_object_mut() {
        map.insert(key.to_owned(), value.clone());
    }
    let request = RenderRequest { options: with.to_string(), ..request(world, usual()) };
    match PluginPanel(world.instance()).render(request).await {
        Ok(view) => sane::view(&view),
        Err(fault) => judge(&fault, &["invalid"]),
    }
}

async fn wrong_types(world: &World) -> Verdict {
    for name in world.manifest.options.keys() {
        for value in [json!(null), json!(true), json!(-1.5), json!("\u{0}text"), json!([[]]), json!({ "a": {} })] {
            let verdict = changed(world, name, &value).await;
            if verdict != Verdict::Good {
                return verdict.at(&format!("`{name}` set to {value}"));
            }
        }
    }
    Verdict::Good
}

/// Viewers share a view, and it is kept: it must not depend on anything but the request.
async fn same(world: &World) -> Verdict {
    let render = async |panel: &PluginPanel| panel.render(request(world, usual())).await;
    let (one, other) = (PluginPanel(world.instance()), PluginPanel(world.instance()));
    let views: [Result<View, Fault>; 3] = [render(&one).await, render(&one).await, render(&other).await];
    // As text: NaN is not equal to itself.
    let [first, again, fresh] = views.map(|view| format!("{view:?}"));
    match first == again && first == fresh {
        true => Verdict::Good,
        false => Verdict::bad("two views of the same request differ", "keep nothing between calls, and sort what has no order"),
    }
}

async fn growth(world: &World) -> Verdict {
    let instance = world.instance();
    let panel = PluginPanel(Arc::clone(&instance));
    let mut before = 0;
    for call in 0..CALLS {
        if let Err(fault) = panel.render(request(world, usual())).await {
            return judge(&fault, &["invalid"]);
        }
        if call == WARM {
            before = instance.usage().memory_bytes;
        }
    }
    let after = instance.usage().memory_bytes;
    if after > before + before / 10 + SLACK_BYTES {
        return Verdict::bad(
            format!("its memory grows from {} kB after {WARM} calls to {} kB after {CALLS}", before / 1_000, after / 1_000),
            "keep nothing between calls",
        );
    }
    Verdict::Good
}
