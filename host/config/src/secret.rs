//! Passwords and keys in settings: written as a reference, revealed only where used, printed nowhere.

use std::borrow::Cow;
use std::fmt;
use std::io::Read;
use std::path::PathBuf;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use crate::document;

pub(crate) mod command;

/// What stands wherever a secret would be printed.
const HIDDEN: &str = "***";

/// No password is longer; a larger file is the wrong one.
const BYTES_MOST: u64 = 64 << 10;

/// Where a secret is to be found: `{ env: NAME }`, `{ file: PATH }`, `{ command: [PROGRAM, …] }`, or the text itself.
#[derive(Clone, PartialEq, Eq)]
pub enum Secret {
    Environment(String),
    File(PathBuf),
    /// A program and its arguments; it prints the secret.
    Command(Vec<String>),
    Literal(Revealed),
}

/// A secret in the open. It is wiped from memory when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Revealed(Zeroizing<String>);

impl Secret {
    /// Fetches the secret; `env` looks up an environment variable. The error names the reference and the remedy.
    /// Reads a file or waits for a program, so it may block for some seconds.
    pub fn resolve(&self, env: &dyn Fn(&str) -> Option<String>) -> Result<Revealed, String> {
        match self {
            Secret::Literal(revealed) => Ok(revealed.clone()),
            Secret::Environment(name) => match env(name) {
                Some(text) if !text.is_empty() => Ok(Revealed::new(text)),
                Some(_) => Err(format!("environment variable {name} is empty: set it to the secret")),
                None => Err(format!("environment variable {name} is not set: set it to the secret")),
            },
            Secret::File(path) => from_file(path),
            Secret::Command(words) => command::run(words, command::TIME_MOST),
        }
    }
}

fn from_file(path: &std::path::Path) -> Result<Revealed, String> {
    let mut text = Zeroizing::new(String::new());
    let shown = path.display();
    std::fs::File::open(path).and_then(|file| file.take(BYTES_MOST + 1).read_to_string(&mut text)).map_err(|error| {
        format!("secret file {shown} cannot be read: {}: create it, readable by vitrine", document::plain(&error))
    })?;
    if text.len() as u64 > BYTES_MOST {
        return Err(format!("secret file {shown} is larger than 64 KiB: name the file that holds the secret alone"));
    }
    revealed(&text, || format!("secret file {shown} is empty: write the secret into it"))
}

/// Editors and `echo` end a text with a line break that is no part of the secret.
fn revealed(text: &str, empty: impl FnOnce() -> String) -> Result<Revealed, String> {
    let secret = text.trim_end_matches(['\r', '\n']);
    if secret.is_empty() { Err(empty()) } else { Ok(Revealed::new(secret.to_owned())) }
}

impl Revealed {
    pub fn new(text: String) -> Revealed {
        Revealed(Zeroizing::new(text))
    }

    /// The secret itself, still wiped when dropped.
    pub fn into_inner(self) -> Zeroizing<String> {
        self.0
    }

    /// The secret itself. Hand it on, do not keep or print it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Revealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

impl fmt::Display for Revealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

impl Serialize for Revealed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(HIDDEN)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Secret::Environment(name) => write!(f, "environment variable {name}"),
            Secret::File(path) => write!(f, "file {}", path.display()),
            Secret::Command(words) => write!(f, "command {}", words.first().map_or("", String::as_str)),
            Secret::Literal(_) => f.write_str(HIDDEN),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({self})")
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
enum Reference {
    Env(String),
    File(PathBuf),
    Command(Vec<String>),
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected `{ env: NAME }`, `{ file: PATH }`, `{ command: [PROGRAM] }` or the secret itself")]
enum Written {
    Text(String),
    Reference(Reference),
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Secret, D::Error> {
        Ok(match Written::deserialize(deserializer)? {
            Written::Text(text) => Secret::Literal(Revealed::new(text)),
            Written::Reference(Reference::Env(name)) => Secret::Environment(name),
            Written::Reference(Reference::File(path)) => Secret::File(path),
            Written::Reference(Reference::Command(words)) => Secret::Command(words),
        })
    }
}

/// References are no secret and stay readable; a literal is hidden.
impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Secret::Environment(name) => Reference::Env(name.clone()).serialize(serializer),
            Secret::File(path) => Reference::File(path.clone()).serialize(serializer),
            Secret::Command(words) => Reference::Command(words.clone()).serialize(serializer),
            Secret::Literal(revealed) => revealed.serialize(serializer),
        }
    }
}

impl JsonSchema for Secret {
    fn schema_name() -> Cow<'static, str> {
        "Secret".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let reference = |key: &str, mut value: serde_json::Value, what: &str| {
            value["description"] = what.into();
            serde_json::json!({
                "type": "object",
                "properties": { key: value },
                "required": [key],
                "additionalProperties": false,
            })
        };
        let text = serde_json::json!({ "type": "string", "minLength": 1 });
        let words = serde_json::json!({ "type": "array", "items": { "type": "string" }, "minItems": 1 });
        json_schema!({
            "description": "A secret: `{ env: NAME }`, `{ file: PATH }`, `{ command: [PROGRAM] }`, or the text itself.",
            // Messages about a write-only value do not repeat it.
            "writeOnly": true,
            "anyOf": [
                reference("env", text.clone(), "The environment variable that holds the secret."),
                reference("file", text, "The file that holds the secret and nothing else."),
                reference("command", words, "The program that prints the secret, and its arguments."),
                { "type": "string" },
            ],
        })
    }
}
