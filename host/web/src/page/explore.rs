//! Explore: any PromQL, as a chart and as a table. What the script completes with comes from the API.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use serde::Serialize;
use url::form_urlencoded;
use vitrine_model::frame::TimeRange;
use vitrine_model::view::View;
use vitrine_model::{Labels, Millis, Span};
use vitrine_query::{Answer, Expr, Matrix};

use crate::ask::AskError;
use crate::dashboard::curves::curves;
use crate::dashboard::scope::{Asked, Scope, Time};
use crate::dashboard::window::Window;
use crate::draw::annotation::Annotations;
use crate::draw::look::Looked;
use crate::draw::unit::{marked, significant};
use crate::draw::{self, Surroundings};
use crate::live::message::chart_data;
use crate::page::fragment::Pairs;
use crate::page::frame::Frame;
use crate::page::messages::filled;
use crate::page::reader::Reader;
use crate::page::time::{self, TimeShape};
use crate::web::Web;

const ADDRESS: &str = "/explore";
const LONGEST_QUERY: usize = 16 * 1024;
/// Rows that a person may still read.
const MOST_ROWS: usize = 200;
const USUAL_RANGE: Span = Span::from_secs(3600);
/// The chart's height in CSS pixels, as the style has it.
const HEIGHT: u32 = 320;
/// Metrics offered to whoever does not know what to ask.
const MOST_EXAMPLES: usize = 12;

#[derive(Serialize)]
struct Body {
    q: String,
    time: TimeShape,
    /// This page's own path.
    address: &'static str,
    /// What the next question keeps of the address: the time and its zone.
    kept: Pairs,
    answer: Option<AnswerShape>,
    trouble: Option<String>,
    examples: Vec<String>,
    /// What may be called, for the script's completion.
    vocabulary: String,
}

#[derive(Serialize)]
struct AnswerShape {
    took: String,
    chart: String,
    data: Option<String>,
    rows: Vec<(String, String)>,
    more: Option<String>,
    nearest: Vec<String>,
}

pub(crate) async fn show(State(web): State<Arc<Web>>, reader: Reader, RawQuery(query): RawQuery) -> Response {
    let mut frame = Frame::new(&web, reader, "explore", reader.says().explore).await;
    let mut pairs: Pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect();
    time::read_local(&mut pairs, &web.zone);
    let last = pairs.iter().rfind(|(key, _)| key == "q").map_or("", |(_, q)| q.trim());
    let q: String = last.chars().take(LONGEST_QUERY).collect();
    let asked = Asked::parse(&pairs);
    let scope = scope(&web, reader, asked.as_ref().ok());
    let now = web.clock.now();
    let answer = match asked {
        _ if q.is_empty() => Ok(None),
        Ok(_) => answer(&web, &q, &scope, now).await.map(Some),
        Err(reason) => Err(reason),
    };
    let examples = if q.is_empty() { examples(&web).await } else { Vec::new() };
    let (answer, trouble) = match answer {
        Ok(answer) => (answer, None),
        Err(reason) => (None, Some(reason)),
    };
    let zone: Pairs = pairs.iter().filter(|(key, _)| key == "tz").cloned().collect();
    let besides = [vec![("q".to_owned(), q.clone())], zone.clone()].concat();
    let time = TimeShape::new(reader, ADDRESS, &scope, now, &besides).without_kiosk();
    let kept = [scope.time.pairs(), zone].concat();
    frame.zone = Some(scope.zone);
    let body = Body { q, time, address: ADDRESS, kept, answer, trouble, examples, vocabulary: vocabulary() };
    web.page("explore.html", &frame, body)
}

/// What is looked at; the usual where the address does not say it, or cannot be read.
fn scope(web: &Web, reader: Reader, asked: Option<&Asked>) -> Scope {
    let usual = || web.zone.iana_name().unwrap_or("UTC").to_owned();
    Scope {
        time: asked.and_then(|asked| asked.time).unwrap_or_else(|| Time::last(USUAL_RANGE)),
        zone: asked.and_then(|asked| asked.zone.clone()).unwrap_or_else(usual),
        language: reader.language,
        chosen: Arc::default(),
        looks: Arc::default(),
    }
}

async fn answer(web: &Web, q: &str, scope: &Scope, now: Millis) -> Result<AnswerShape, String> {
    let reader = Reader { language: scope.language };
    let began = Instant::now();
    let text = q.to_owned();
    let parsed = web.asker.work(move |_, _| Expr::parse(&text).map(Arc::new)).await.map_err(|error| error.to_string())?;
    let expr = parsed.map_err(|error| error.to_string())?;
    let window = Window::of(scope.time, Span::ZERO, now);
    let told = |error: AskError| error.to_string();
    let latest = web.asker.instant(Arc::clone(&expr), window.now).await.map_err(told)?;
    let matrix = match latest {
        // A text has no course.
        Answer::Text(_) => Matrix { times: Vec::new(), series: Vec::new() },
        _ => web.asker.range(Arc::clone(&expr), window.grid).await.map_err(told)?,
    };
    let found = matrix.series.len();
    let nearest = if found == 0 { nearest(web, Arc::clone(&expr)).await } else { Vec::new() };
    let took = began.elapsed().as_millis().to_string();
    let (rows, left) = rows(latest, reader);
    let (chart, data) = drawn(q, scope, matrix, window.shown(scope.time.span(now))).await?;
    let says = reader.says();
    Ok(AnswerShape {
        took: filled(says.took, &[&found.max(rows.len()).to_string(), &took]),
        chart,
        data,
        more: (left > 0).then(|| filled(says.more_series, &[&left.to_string()])),
        rows,
        nearest,
    })
}

async fn drawn(q: &str, scope: &Scope, matrix: Matrix, range: TimeRange) -> Result<(String, Option<String>), String> {
    if matrix.series.is_empty() {
        return Ok((String::new(), None));
    }
    let (zone, language, annotations) = (scope.zone(), scope.language, Annotations::default());
    let looked = Looked::default();
    let surroundings = Surroundings {
        title: q.to_owned(),
        range,
        zone,
        height: HEIGHT,
        annotations,
        language,
        looked,
        series_links: Vec::new(),
    };
    let work = move || draw::draw(&View::Chart(curves(matrix, told)), &surroundings);
    let drawing = tokio::task::spawn_blocking(work).await.map_err(|error| error.to_string())?;
    Ok((drawing.html, drawing.plot.as_ref().map(chart_data)))
}

/// Series with their values, and how many are left out.
fn rows(answer: Answer, reader: Reader) -> (Vec<(String, String)>, usize) {
    let vector = match answer {
        Answer::Vector(vector) => vector,
        Answer::Scalar(value) => vec![(Labels::new(), value)],
        Answer::Text(text) => return (vec![(String::new(), text)], 0),
        Answer::Samples(list) => {
            list.into_iter().map(|one| (one.labels, one.samples.last().map_or(f64::NAN, |sample| sample.value))).collect()
        }
    };
    let left = vector.len().saturating_sub(MOST_ROWS);
    let row = |(labels, value): (Labels, f64)| (told(&labels), marked(&significant(value), reader.language));
    (vector.into_iter().take(MOST_ROWS).map(row).collect(), left)
}

fn told(labels: &Labels) -> String {
    if labels.iter().next().is_none() { String::new() } else { labels.to_string() }
}

async fn nearest(web: &Web, expr: Arc<Expr>) -> Vec<String> {
    web.asker.work(move |engine, _| engine.nearest([expr.as_ref()])).await.ok().and_then(Result::ok).unwrap_or_default()
}

/// A courtesy: where the store does not answer, there are none.
async fn examples(web: &Web) -> Vec<String> {
    let samples = Arc::clone(&web.samples);
    let families = web.blocking(move || samples.families()).await.unwrap_or_default();
    families.into_iter().map(|family| family.name).take(MOST_EXAMPLES).collect()
}

#[derive(Serialize)]
struct Word {
    name: &'static str,
    takes: String,
    about: &'static str,
}

/// JSON to stand in a `script` element: no text in it can end the element.
fn vocabulary() -> String {
    let words: Vec<Word> =
        vitrine_query::vocabulary().into_iter().map(|(name, takes, about)| Word { name, takes, about }).collect();
    serde_json::to_string(&words).unwrap_or_default().replace('<', "\\u003c")
}
