//! One view of each kind, with something of all that it can say.

use vitrine_model::frame::Values;
use vitrine_model::view::*;
use vitrine_model::{Labels, Millis};

use crate::draw::annotation::{Annotation, Annotations};

pub(super) const START: Millis = 1_763_632_800_000;

fn series(name: &str, value: impl Fn(f64) -> f64) -> ChartSeries {
    let times: Vec<Millis> = (0..=60).map(|minute| START + minute * 60_000).collect();
    ChartSeries {
        name: name.to_owned(),
        labels: Labels::from_pairs([("mode", name)]),
        values: (0..=60).map(|minute| value(f64::from(minute))).collect(),
        times: times.into(),
        mark: Mark::Line,
        stacked: false,
        side: Side::Left,
        stroke: Stroke::Solid,
        band: None,
    }
}

fn level(value: f64, state: State) -> Threshold {
    Threshold { value, state, name: state.word().to_owned() }
}

fn chart() -> Chart {
    let user = ChartSeries { mark: Mark::Area, ..series("user", |minute| 0.3 + 0.2 * (minute / 9.0).sin()) };
    let gap = |minute: f64| if (20.0..25.0).contains(&minute) { f64::NAN } else { 0.6 + minute / 200.0 };
    let total = ChartSeries { stroke: Stroke::Dashed, band: Some(0), ..series("total", gap) };
    let left = Axis { unit: "ratio".to_owned(), ..Axis::default() };
    Chart {
        series: vec![user, total],
        left,
        thresholds: vec![level(0.7, State::Warning), level(0.85, State::Bad)],
        ..Chart::default()
    }
}

fn two_axes() -> Chart {
    let bars = ChartSeries { mark: Mark::Bars, ..series("requests", |minute| 20.0 + minute % 7.0) };
    let points =
        ChartSeries { mark: Mark::Points, side: Side::Right, ..series("seconds", |minute| 10f64.powf(minute / 20.0) / 1e3) };
    Chart {
        series: vec![bars, points],
        right: Axis { unit: "seconds".to_owned(), logarithmic: true, ..Axis::default() },
        statistics: vec![Statistic::Minimum, Statistic::Maximum, Statistic::Mean],
        ..Chart::default()
    }
}

fn figure(name: &str, value: f64, state: State) -> Figure {
    Figure {
        name: name.to_owned(),
        value,
        delta: value / 10.0 - 0.05,
        state,
        trend: (0..30).map(|place| value + (f64::from(place) / 5.0).sin() * 0.1).collect(),
        minimum: 0.0,
        maximum: 1.0,
        thresholds: vec![level(0.6, State::Warning), level(0.8, State::Bad)],
    }
}

fn stat(shape: Shape, tinted: bool) -> Stat {
    let figures = vec![figure("/", 0.42, State::Good), figure("/var", 0.74, State::Warning), figure("/home", 0.91, State::Bad)];
    Stat { shape, unit: "ratio".to_owned(), tinted, figures }
}

fn column(title: &str, values: Values, align: Align, cell: Cell, states: Vec<State>) -> TableColumn {
    let unit = if align == Align::End { "bytes" } else { "" };
    TableColumn {
        title: title.to_owned(),
        unit: unit.to_owned(),
        align,
        values,
        states,
        cell,
        minimum: 0.0,
        maximum: 4e9,
        links: Vec::new(),
    }
}

fn table() -> Table {
    let states = vec![State::Good, State::Warning, State::Bad];
    let names = ["web-1", "web-2 with a name that is much longer than any column would be", "database"];
    Table {
        columns: vec![
            column("host", Values::Texts(names.map(str::to_owned).to_vec()), Align::Start, Cell::Plain, Vec::new()),
            column("memory", Values::Numbers(vec![1.2e9, 2.9e9, 3.9e9]), Align::End, Cell::Gauge, states.clone()),
            column("swap", Values::Numbers(vec![0.0, 4.2e7, f64::NAN]), Align::End, Cell::Tinted, states),
            column("seen", Values::Times(vec![START, START, START]), Align::Start, Cell::Plain, Vec::new()),
        ],
    }
}

fn bars(horizontal: bool, stacked: bool) -> Bars {
    let group = |name: &str, values: [f64; 4]| Group { name: name.to_owned(), labels: Labels::new(), values: values.to_vec() };
    Bars {
        categories: ["north", "east", "south", "west"].map(str::to_owned).to_vec(),
        groups: vec![group("in", [3.0e6, 5.0e6, 2.0e6, 8.0e6]), group("out", [1.0e6, 2.0e6, f64::NAN, 3.0e6])],
        unit: "bytes/s".to_owned(),
        stacked,
        horizontal,
        touching: false,
        thresholds: Vec::new(),
    }
}

fn slices() -> Slices {
    let slice = |name: &str, value: f64| Slice { name: name.to_owned(), labels: Labels::new(), value };
    let slices = vec![slice("user", 50.0), slice("system", 30.0), slice("iowait", 15.0), slice("irq", 0.4), slice("none", 0.0)];
    Slices { slices, unit: "seconds".to_owned(), hollow: true }
}

fn grid() -> Grid {
    Grid {
        columns: Values::Times((0..20).map(|place| START + place * 180_000).collect()),
        rows: Values::Numbers(vec![0.1, 0.2, 0.5, 1.0]),
        row_unit: "seconds".to_owned(),
        values: (0..80).map(|place| if place % 13 == 0 { f64::NAN } else { f64::from(place % 7) }).collect(),
        unit: String::new(),
    }
}

fn timeline(blocks: bool) -> Timeline {
    let span = |from: i64, to: i64, text: &str, state: State| Stretch {
        start: START + from * 60_000,
        end: START + to * 60_000,
        text: text.to_owned(),
        state,
    };
    let shop = vec![span(-10, 25, "up", State::Good), span(25, 32, "down", State::Bad), span(32, 70, "up", State::Good)];
    let mail = vec![span(0, 40, "busy", State::Neutral), span(40, 60, "idle", State::Neutral)];
    let lane = |name: &str, spans: Vec<Stretch>| Lane { name: name.to_owned(), spans };
    Timeline { lanes: vec![lane("shop", shop), lane("mail", mail)], blocks }
}

fn log() -> Lines {
    let line = |state: State, level: &str, text: &str| Line {
        time: START,
        state,
        level: level.to_owned(),
        text: text.to_owned(),
        fields: Vec::new(),
        link: String::new(),
    };
    let mut lines = vec![
        line(State::Bad, "error", "no answer\nfrom the shop"),
        line(State::Warning, "warn", "slow: 2.3 s"),
        line(State::Neutral, "info", &"a long line that goes on ".repeat(20)),
    ];
    lines.extend((0..12).map(|place| line(State::Good, "", &format!("order {place} was sent"))));
    Lines { lines, ages: false }
}

fn graph() -> Graph {
    let node = |name: &str, state: State| Node { name: name.to_owned(), value: 0.25, state, link: String::new() };
    let edge = |source: usize, target: usize, state: State| Edge { source, target, value: 12.0, state };
    Graph {
        nodes: vec![
            node("web", State::Good),
            node("shop", State::Bad),
            node("mail", State::Warning),
            node("database", State::Neutral),
        ],
        edges: vec![edge(0, 1, State::Bad), edge(0, 2, State::Neutral), edge(1, 3, State::Neutral)],
        node_unit: "seconds".to_owned(),
        edge_unit: "/s".to_owned(),
    }
}

const PROSE: &str = "<h2>What this is</h2><p>A <b>short</b> text with <code>code</code> and Übergrößen, ação, łódź, привет, λ.</p>\
    <ul><li>one</li><li>two &amp; three</li></ul><pre>vitrine serve\n  --listen 127.0.0.1:0</pre><blockquote>said before</blockquote>";
const DRAWING: &str = "<svg viewBox=\"0 0 100 50\"><rect width=\"100\" height=\"50\" fill=\"#0072b2\"/>\
    <circle cx=\"50\" cy=\"25\" r=\"20\" fill=\"#e9a93a\"/><text x=\"50\" y=\"28\" text-anchor=\"middle\" font-size=\"8\">plan&nbsp;1</text></svg>";
/// One red point.
const POINT: &str =
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";

pub(super) fn all() -> Vec<(&'static str, View)> {
    vec![
        ("chart", View::Chart(chart())),
        ("two axes", View::Chart(two_axes())),
        ("numbers", View::Stat(stat(Shape::Number, false))),
        ("tinted", View::Stat(stat(Shape::Number, true))),
        ("arcs", View::Stat(stat(Shape::Arc, false))),
        ("bar gauges", View::Stat(stat(Shape::Bar, false))),
        ("table", View::Table(table())),
        ("standing bars", View::Bars(bars(false, false))),
        ("lying bars", View::Bars(bars(true, true))),
        ("slices", View::Slices(slices())),
        ("grid", View::Grid(grid())),
        ("timeline", View::Timeline(timeline(false))),
        ("blocks", View::Timeline(timeline(true))),
        ("log", View::Lines(log())),
        ("graph", View::Graph(graph())),
        ("prose", View::Markup(PROSE.to_owned())),
        ("drawing", View::Svg(DRAWING.to_owned())),
        ("picture", View::Picture(Picture { address: POINT.to_owned(), text: "a point".to_owned() })),
    ]
}

/// All that has names, with this one.
pub(super) fn named(name: &str) -> Vec<View> {
    let owned = || name.to_owned();
    let (mut chart, mut stat, mut table, mut bars, mut slices) =
        (chart(), stat(Shape::Number, false), table(), bars(true, false), slices());
    chart.series.iter_mut().for_each(|one| one.name = owned());
    chart.left.unit = owned();
    stat.figures.iter_mut().for_each(|one| one.name = owned());
    stat.unit = owned();
    table.columns[0].title = owned();
    table.columns[0].values = Values::Texts(vec![owned(); 3]);
    bars.categories.iter_mut().for_each(|one| *one = owned());
    bars.groups.iter_mut().for_each(|one| one.name = owned());
    slices.slices.iter_mut().for_each(|one| one.name = owned());
    let (mut timeline, mut log, mut graph, mut grid) = (timeline(false), log(), graph(), grid());
    timeline.lanes.iter_mut().for_each(|lane| {
        lane.name = owned();
        lane.spans.iter_mut().for_each(|one| one.text = owned());
    });
    log.lines.iter_mut().for_each(|line| (line.text, line.level) = (owned(), owned()));
    graph.nodes.iter_mut().for_each(|node| node.name = owned());
    grid.rows = Values::Texts(vec![owned(); 4]);
    vec![
        View::Chart(chart),
        View::Stat(stat),
        View::Table(table),
        View::Bars(bars),
        View::Slices(slices),
        View::Timeline(timeline),
        View::Lines(log),
        View::Graph(graph),
        View::Grid(grid),
        View::Markup(owned()),
        View::Svg(format!("<svg viewBox=\"0 0 1 1\"><text>{name}</text></svg>")),
        View::Picture(Picture { address: owned(), text: owned() }),
    ]
}

/// Empty ones, and such as have no numbers worth a picture.
pub(super) fn odd() -> Vec<View> {
    let wild = |value: f64| View::Chart(Chart { series: vec![series("wild", move |_| value)], ..Chart::default() });
    let empty_table = Table { columns: Vec::new() };
    let mut list = vec![
        View::Chart(Chart::default()),
        wild(f64::NAN),
        wild(f64::INFINITY),
        wild(1e300),
        View::Stat(Stat { figures: Vec::new(), ..stat(Shape::Arc, false) }),
        View::Stat(Stat {
            figures: vec![Figure { minimum: 1.0, ..figure("x", f64::NAN, State::Bad) }],
            ..stat(Shape::Arc, false)
        }),
        View::Table(empty_table),
        View::Bars(Bars { categories: Vec::new(), groups: Vec::new(), ..bars(true, true) }),
        View::Slices(Slices { slices: Vec::new(), ..slices() }),
        View::Grid(Grid { columns: Values::Times(Vec::new()), rows: Values::Numbers(Vec::new()), values: Vec::new(), ..grid() }),
        View::Timeline(Timeline { lanes: Vec::new(), blocks: true }),
        View::Lines(Lines { lines: Vec::new(), ages: true }),
        View::Graph(Graph { nodes: Vec::new(), edges: Vec::new(), ..graph() }),
        View::Markup(String::new()),
        View::Svg("<svg>".repeat(5_000)),
        View::Svg("no drawing".to_owned()),
    ];
    list.extend(all().into_iter().map(|(_, view)| view));
    list
}

/// One that lasts, and one that was a moment.
pub(super) fn annotations() -> Annotations {
    let at = |minutes: i64| Some(START + minutes * 60_000);
    let one = |start, end, title: &str, state| Annotation { start, end, title: title.to_owned(), state };
    let list = vec![one(at(50), None, "disk full", State::Bad), one(at(10), at(10), "deployed", State::Neutral)];
    Annotations { list, found: 2, problem: String::new() }
}
