//! Answers as JSON in Prometheus's envelope, written straight into bytes and piece by piece: a large answer is never in
//! memory as a whole, and what is written of it is let go. A client that leaves ends the writing.

use std::convert::Infallible;

use axum::body::{Body, Bytes};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use vitrine_model::sample::{Series, is_stale};
use vitrine_model::{Labels, Millis};
use vitrine_query::{Answer, Matrix};

use crate::api::number::{write_moment, write_value};

/// A piece is handed on once it has so many bytes; an entry is never cut, so it may have more.
const PIECE: usize = 64 * 1024;

/// What is told beside an answer.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    pub(crate) warnings: Vec<String>,
    pub(crate) infos: Vec<String>,
}

impl From<vitrine_query::Notes> for Notes {
    fn from(notes: vitrine_query::Notes) -> Notes {
        Notes { warnings: notes.warnings, infos: notes.infos }
    }
}

/// Adds a text in quotes.
pub(crate) fn write_text(text: &mut Vec<u8>, value: &str) {
    text.push(b'"');
    let bytes = value.as_bytes();
    let mut begin = 0;
    for (place, byte) in bytes.iter().enumerate() {
        let escape: &[u8] = match byte {
            b'"' => b"\\\"",
            b'\\' => b"\\\\",
            b'\n' => b"\\n",
            b'\r' => b"\\r",
            b'\t' => b"\\t",
            0..0x20 => &[b'\\', b'u', b'0', b'0', b'0' + (byte >> 4), b"0123456789abcdef"[usize::from(byte & 15)]],
            _ => continue,
        };
        text.extend_from_slice(&bytes[begin..place]);
        text.extend_from_slice(escape);
        begin = place + 1;
    }
    text.extend_from_slice(&bytes[begin..]);
    text.push(b'"');
}

pub(crate) fn write_labels(text: &mut Vec<u8>, labels: &Labels) {
    text.push(b'{');
    for (place, (name, value)) in labels.iter().enumerate() {
        if place > 0 {
            text.push(b',');
        }
        write_text(text, name);
        text.push(b':');
        write_text(text, value);
    }
    text.push(b'}');
}

fn write_point(text: &mut Vec<u8>, time: Millis, value: f64) {
    text.push(b'[');
    write_moment(text, time);
    text.extend_from_slice(b",\"");
    write_value(text, value);
    text.extend_from_slice(b"\"]");
}

/// What comes after the data.
fn tail(notes: &Notes) -> Vec<u8> {
    let mut text = Vec::new();
    for (name, list) in [("warnings", &notes.warnings), ("infos", &notes.infos)] {
        if list.is_empty() {
            continue;
        }
        text.extend_from_slice(format!(",\"{name}\":").as_bytes());
        write_list(&mut text, list.iter(), |text, note| write_text(text, note));
    }
    text.push(b'}');
    text
}

fn write_list<T>(text: &mut Vec<u8>, items: impl Iterator<Item = T>, write: impl Fn(&mut Vec<u8>, T)) {
    text.push(b'[');
    for (place, item) in items.enumerate() {
        if place > 0 {
            text.push(b',');
        }
        write(text, item);
    }
    text.push(b']');
}

/// Entries that are written one after the other, each time as many as make a piece.
struct Pieces<I, W> {
    items: I,
    write: W,
    is_first: bool,
    head: Option<&'static str>,
    tail: Option<Vec<u8>>,
}

impl<T, I: Iterator<Item = T>, W: FnMut(&mut Vec<u8>, T)> Iterator for Pieces<I, W> {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        self.tail.as_ref()?;
        let mut text = self.head.take().unwrap_or_default().as_bytes().to_vec();
        while text.len() < PIECE {
            let Some(item) = self.items.next() else {
                text.extend_from_slice(&self.tail.take().unwrap_or_default());
                break;
            };
            if !std::mem::take(&mut self.is_first) {
                text.push(b',');
            }
            (self.write)(&mut text, item);
        }
        Some(text.into())
    }
}

/// Sends entries; `head` is what stands before them, `end` what comes between them and the notes.
fn send<T, I>(
    head: &'static str,
    end: &str,
    notes: &Notes,
    items: I,
    write: impl FnMut(&mut Vec<u8>, T) + Send + 'static,
) -> Response
where
    I: Iterator<Item = T> + Send + 'static,
{
    let tail = [end.as_bytes(), &tail(notes)].concat();
    let mut pieces = Pieces { items, write, is_first: true, head: Some(head), tail: Some(tail) };
    let first = pieces.next().unwrap_or_default();
    let body = if pieces.tail.is_none() {
        Body::from(first)
    } else {
        let rest = std::iter::once(first).chain(pieces).map(Ok::<_, Infallible>);
        Body::from_stream(futures_util::stream::iter(rest))
    };
    ([(CONTENT_TYPE, "application/json")], body).into_response()
}

/// The answer of a query at one moment.
pub(crate) fn instant(answer: Answer, at: Millis, notes: &Notes) -> Response {
    let head = |kind: &'static str| match kind {
        "scalar" => "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":",
        _ => "{\"status\":\"success\",\"data\":{\"resultType\":\"string\",\"result\":",
    };
    match answer {
        Answer::Scalar(value) => {
            send(head("scalar"), "}", notes, std::iter::once(value), move |text, value| write_point(text, at, value))
        }
        Answer::Text(value) => send(head("string"), "}", notes, std::iter::once(value), move |text, value: String| {
            text.push(b'[');
            write_moment(text, at);
            text.push(b',');
            write_text(text, &value);
            text.push(b']');
        }),
        Answer::Vector(vector) => {
            let head = "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[";
            send(head, "]}", notes, vector.into_iter(), move |text, (labels, value): (Labels, f64)| {
                text.extend_from_slice(b"{\"metric\":");
                write_labels(text, &labels);
                text.extend_from_slice(b",\"value\":");
                write_point(text, at, value);
                text.push(b'}');
            })
        }
        Answer::Samples(series) => samples(series, notes),
    }
}

/// Samples as they were taken, each at its own moment.
fn samples(list: Vec<Series>, notes: &Notes) -> Response {
    let head = "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[";
    send(head, "]}", notes, list.into_iter(), |text, series: Series| {
        text.extend_from_slice(b"{\"metric\":");
        write_labels(text, &series.labels);
        text.extend_from_slice(b",\"values\":");
        write_list(text, series.samples.iter(), |text, sample| write_point(text, sample.time, sample.value));
        text.push(b'}');
    })
}

/// The answer of a query over a range.
pub(crate) fn range(matrix: Matrix, notes: &Notes) -> Response {
    let head = "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[";
    let moments = Moments::of(&matrix.times);
    send(head, "]}", notes, matrix.series.into_iter(), move |text, (labels, values): (Labels, Vec<f64>)| {
        text.extend_from_slice(b"{\"metric\":");
        write_labels(text, &labels);
        text.extend_from_slice(b",\"values\":[");
        text.reserve(values.len() * USUAL_POINT);
        let mut comma = 0;
        for (place, value) in values.iter().enumerate().filter(|(_, value)| !is_stale(**value)) {
            // Each moment is written with a comma before it.
            text.extend_from_slice(&moments.before(place)[1 - comma..]);
            write_value(text, *value);
            text.extend_from_slice(b"\"]");
            comma = 1;
        }
        text.extend_from_slice(b"]}");
    })
}

/// Bytes that a point mostly takes.
const USUAL_POINT: usize = 32;

/// What stands before the value of each moment, written once for all series.
struct Moments {
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Moments {
    fn of(times: &[Millis]) -> Moments {
        let mut moments = Moments { text: Vec::with_capacity(times.len() * USUAL_POINT), ends: Vec::with_capacity(times.len()) };
        for time in times {
            moments.text.extend_from_slice(b",[");
            write_moment(&mut moments.text, *time);
            moments.text.extend_from_slice(b",\"");
            moments.ends.push(moments.text.len());
        }
        moments
    }

    fn before(&self, place: usize) -> &[u8] {
        let begin = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[begin..self.ends[place]]
    }
}

/// A list of label sets.
pub(crate) fn series(list: Vec<Labels>, notes: &Notes) -> Response {
    send("{\"status\":\"success\",\"data\":[", "]", notes, list.into_iter(), |text, labels| write_labels(text, &labels))
}

/// One text.
pub(crate) fn text(one: String, notes: &Notes) -> Response {
    let head = "{\"status\":\"success\",\"data\":";
    send(head, "", notes, std::iter::once(one), |text, one: String| write_text(text, &one))
}

/// A list of texts.
pub(crate) fn texts(list: Vec<String>, notes: &Notes) -> Response {
    send("{\"status\":\"success\",\"data\":[", "]", notes, list.into_iter(), |text, one: String| write_text(text, &one))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
mod tests {
    use super::*;
    use http_body_util::BodyExt;

    async fn text(response: Response) -> String {
        String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
    }

    #[tokio::test]
    async fn all_kinds_of_answers_are_whole_json() {
        let labels = Labels::from_pairs([("__name__", "up"), ("job", "a\"\\\n\u{1}ü")]);
        let notes = Notes { warnings: vec!["w".to_owned()], infos: vec!["i".to_owned(), "j".to_owned()] };
        assert_eq!(
            text(instant(Answer::Vector(vec![(labels.clone(), 1.5)]), 1_500, &notes)).await,
            r#"{"status":"success","data":{"resultType":"vector","result":[{"metric":{"__name__":"up","job":"a\"\\\n\u0001ü"},"value":[1.500,"1.5"]}]},"warnings":["w"],"infos":["i","j"]}"#
        );
        let none = Notes::default();
        assert_eq!(
            text(instant(Answer::Scalar(f64::NAN), 0, &none)).await,
            r#"{"status":"success","data":{"resultType":"scalar","result":[0,"NaN"]}}"#
        );
        assert_eq!(
            text(instant(Answer::Text("x".into()), 2_000, &none)).await,
            r#"{"status":"success","data":{"resultType":"string","result":[2,"x"]}}"#
        );
        let matrix =
            Matrix { times: vec![1_000, 2_000, 3_000], series: vec![(labels, vec![1.0, vitrine_model::sample::stale(), -3.0])] };
        let written = text(range(matrix, &none)).await;
        assert!(written.ends_with(r#""values":[[1,"1"],[3,"-3"]]}]}}"#), "{written}");
        assert_eq!(text(texts(Vec::new(), &none)).await, r#"{"status":"success","data":[]}"#);
    }

    #[tokio::test]
    async fn a_large_answer_comes_in_pieces() {
        let times: Vec<Millis> = (0..1_000).map(|step| step * 15_000).collect();
        let one = |place: usize| {
            (Labels::from_pairs([("__name__", "x".to_owned()), ("place", place.to_string())]), vec![place as f64; times.len()])
        };
        let matrix = Matrix { times: times.clone(), series: (0..50).map(one).collect() };
        let read: serde_json::Value = serde_json::from_str(&text(range(matrix, &Notes::default())).await).unwrap();
        let series = read["data"]["result"].as_array().unwrap();
        assert_eq!(series.len(), 50);
        assert_eq!((&series[49]["values"][999][0], &series[49]["values"][999][1]), (&14_985.into(), &"49".into()));
    }
}
