//! What to request, and what the answer must be.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use serde::de::{Deserializer, Error};
use vitrine_sdk::Fault;
use vitrine_sdk::http::Request;

/// A poll may take ten seconds; what is left over is for the answer to get home.
const TIMEOUT_SECONDS: f64 = 8.0;

const REDIRECTS: u8 = 10;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub(crate) url: String,
    method: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    body: String,
    timeout: Option<f64>,
    follow_redirects: Option<bool>,
    #[serde(default)]
    pub(crate) expect: Expect,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expect {
    #[serde(default, deserialize_with = "statuses")]
    status: Vec<Status>,
    pub(crate) body: Option<String>,
    pub(crate) max_seconds: Option<f64>,
}

/// A status or, as its first digit, a class of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    One(u16),
    Class(u16),
}

impl Config {
    pub(crate) fn request(&self) -> Result<Request, Fault> {
        if !self.url.starts_with("https://") && !self.url.starts_with("http://") {
            return Err(Fault::Invalid(["`url`: ", &self.url, " does not start with https:// or http://"].concat()));
        }
        let timeout = self.timeout.unwrap_or(TIMEOUT_SECONDS);
        let timeout = Duration::try_from_secs_f64(timeout)
            .ok()
            .filter(|timeout| !timeout.is_zero())
            .ok_or_else(|| Fault::Invalid("`timeout`: more than 0 seconds are needed".to_owned()))?;
        let redirects = if self.follow_redirects.unwrap_or(true) { REDIRECTS } else { 0 };
        let mut request = Request::new(self.method.as_deref().unwrap_or("GET"), &self.url)
            .body(self.body.as_str())
            .timeout(timeout)
            .redirects(redirects);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        Ok(request)
    }
}

impl Expect {
    /// Without an expectation any success will do.
    pub(crate) fn wants(&self, status: u16) -> bool {
        match self.status.as_slice() {
            [] => status / 100 == 2,
            wanted => wanted.iter().any(|wanted| match wanted {
                Status::One(one) => *one == status,
                Status::Class(class) => *class == status / 100,
            }),
        }
    }
}

/// `200`, `"2xx"`, or a list of such.
fn statuses<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Status>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Word {
        Number(u16),
        Text(String),
    }
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "a status such as 200, a class such as \"2xx\", or a list of them")]
    enum Words {
        One(Word),
        Many(Vec<Word>),
    }
    let words = match Words::deserialize(deserializer)? {
        Words::One(word) => vec![word],
        Words::Many(words) => words,
    };
    let status = |word| match word {
        Word::Number(number) if (100..600).contains(&number) => Ok(Status::One(number)),
        Word::Number(number) => Err(D::Error::custom([&number.to_string(), " is not an HTTP status"].concat())),
        Word::Text(text) => match text.as_bytes() {
            [digit @ b'1'..=b'5', b'x', b'x'] => Ok(Status::Class(u16::from(digit - b'0'))),
            _ => Err(D::Error::custom([&text, " is not a class of statuses such as \"2xx\""].concat())),
        },
    };
    words.into_iter().map(status).collect()
}
