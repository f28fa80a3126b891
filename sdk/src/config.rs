//! The admin's `with:` (or a panel's options): JSON → the plugin's own type.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::Fault;

/// For plugins that nothing can be set on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoConfig {}

/// Reads JSON; a mistake names the path of the key that it is in.
pub(crate) fn parse<T: DeserializeOwned>(json: &str) -> Result<T, Fault> {
    serde_json::from_str(json).map_err(|error| explain(json, &error))
}

fn explain(json: &str, error: &serde_json::Error) -> Fault {
    let text = error.to_string();
    // The position in the JSON that the host made says nothing to the admin; the path there does.
    let reason = text.rsplit_once(" at line ").map_or(text.as_str(), |(reason, _)| reason);
    let line_start: usize = json.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let before = json.as_bytes().get(..line_start + error.column()).unwrap_or(json.as_bytes());
    // A field is missing from an object as a whole; any other mistake is inside what ended last.
    let missing = reason.starts_with("missing field");
    let path = Path::of(before).text(if missing { Depth::Object } else { Depth::Value });
    match path.is_empty() {
        true => Fault::Invalid(reason.to_owned()),
        false => Fault::Invalid(["`", &path, "`: ", reason].concat()),
    }
}

/// Where a piece of JSON breaks off: the current key of each object and place in each list that is still open.
///
/// Tracking the path while reading would cost every plugin a third of its size; reading the text again costs nothing
/// until something is wrong.
struct Path {
    open: Vec<Step>,
    /// The step inside the object or list that ended with the last byte.
    ended: Option<Step>,
}

#[derive(PartialEq)]
enum Depth {
    Object,
    Value,
}

enum Step {
    Key(String),
    Place(usize),
}

impl Path {
    fn of(json: &[u8]) -> Path {
        let mut path = Path { open: Vec::new(), ended: None };
        let mut key_follows = false;
        let mut rest = json;
        while let Some((first, after)) = rest.split_first() {
            rest = after;
            path.ended = None;
            match first {
                b'{' => path.open.push(Step::Key(String::new())),
                b'[' => path.open.push(Step::Place(0)),
                b'}' | b']' => path.ended = path.open.pop(),
                b',' => {
                    if let Some(Step::Place(place)) = path.open.last_mut() {
                        *place += 1;
                    }
                }
                b'"' => {
                    let (text, after) = string(rest);
                    rest = after;
                    if let (true, Some(Step::Key(key))) = (key_follows, path.open.last_mut()) {
                        *key = text;
                    }
                }
                _ => {}
            }
            key_follows = match first {
                b'{' | b',' => true,
                b' ' | b'\n' | b'\r' | b'\t' => key_follows,
                _ => false,
            };
        }
        path
    }

    fn text(&self, depth: Depth) -> String {
        let mut text = String::new();
        let ended = self.ended.iter().filter(|_| depth == Depth::Value);
        for step in self.open.iter().chain(ended) {
            match step {
                Step::Key(key) if key.is_empty() => {}
                Step::Key(key) if text.is_empty() => text.push_str(key),
                Step::Key(key) => text.extend([".", key]),
                Step::Place(place) => text.extend(["[", &place.to_string(), "]"]),
            }
        }
        text
    }
}

/// Splits off a string's content, after its opening quote. Escapes stay as they are written.
fn string(json: &[u8]) -> (String, &[u8]) {
    let mut end = 0;
    while let Some(byte) = json.get(end) {
        match byte {
            b'"' => break,
            b'\\' => end += 2,
            _ => end += 1,
        }
    }
    let content = json.get(..end).unwrap_or(json);
    (String::from_utf8_lossy(content).into_owned(), json.get(end + 1..).unwrap_or_default())
}
