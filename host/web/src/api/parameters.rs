//! What a request asks, from its address and, where it is posted as a form, from its body: read as Prometheus reads it.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, Uri};
use jiff::Timestamp;
use vitrine_model::{Matcher, Millis, Span};
use vitrine_query::Expr;

use crate::api::envelope::ApiError;
use crate::web::Web;

/// Selectors that one request may have.
const SELECTORS: usize = 100;
/// Names and values of one request.
const PARAMETERS: usize = 1_000;
/// Times beyond are no times, and would not fit into milliseconds.
const LATEST_SECOND: f64 = 9e15;

/// Names and values. Where one comes twice, that of the body counts, and then the first.
#[derive(Debug, Default)]
pub(crate) struct Parameters(Vec<(String, String)>);

impl FromRequest<Arc<Web>> for Parameters {
    type Rejection = ApiError;

    async fn from_request(request: Request, web: &Arc<Web>) -> Result<Parameters, ApiError> {
        let query = request.uri().query().unwrap_or_default().to_owned();
        let is_form = request.headers().get(CONTENT_TYPE).is_some_and(|kind| {
            kind.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim() == "application/x-www-form-urlencoded"
        });
        let mut all = Vec::new();
        if request.method() == Method::POST && is_form {
            let body = axum::body::Bytes::from_request(request, web).await;
            let body = body.map_err(|rejection| ApiError::bad_data(rejection.body_text()))?;
            all.extend(pairs(&body)?);
        }
        all.extend(pairs(query.as_bytes())?);
        Ok(Parameters(all))
    }
}

fn pairs(text: &[u8]) -> Result<Vec<(String, String)>, ApiError> {
    let all: Vec<_> = url::form_urlencoded::parse(text).take(PARAMETERS + 1).map(|(a, b)| (a.into(), b.into())).collect();
    match all.len() {
        0..=PARAMETERS => Ok(all),
        _ => Err(ApiError::bad_data(format!("the request has more than {PARAMETERS} parameters: ask in several requests"))),
    }
}

impl Parameters {
    /// Those of the address alone, where the body is something else.
    pub(crate) fn of_address(uri: &Uri) -> Result<Parameters, ApiError> {
        pairs(uri.query().unwrap_or_default().as_bytes()).map(Parameters)
    }

    /// Nothing where it is not there, or empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn need(&self, name: &str) -> Result<&str, ApiError> {
        self.get(name).ok_or_else(|| ApiError::bad_data(format!("the parameter `{name}` is missing: add it to the request")))
    }

    pub(crate) fn query(&self) -> Result<Expr, ApiError> {
        Expr::parse(self.need("query")?).map_err(|error| ApiError::bad_data(format!("invalid parameter `query`: {error}")))
    }

    /// Seconds since the epoch, or RFC 3339.
    pub(crate) fn moment(&self, name: &str) -> Result<Option<Millis>, ApiError> {
        self.get(name).map(|text| moment(name, text)).transpose()
    }

    pub(crate) fn need_moment(&self, name: &str) -> Result<Millis, ApiError> {
        moment(name, self.need(name)?)
    }

    /// Seconds, or a duration such as `5m`: longer than nothing.
    pub(crate) fn span(&self, name: &str) -> Result<Option<Millis>, ApiError> {
        self.get(name).map(|text| span(name, text)).transpose()
    }

    /// How long the client waits: never longer than the host does.
    pub(crate) fn timeout(&self) -> Result<Option<Duration>, ApiError> {
        Ok(self.span("timeout")?.map(|millis| Duration::from_millis(millis.unsigned_abs())))
    }

    /// How many entries are wanted; 0 and nothing mean all.
    pub(crate) fn limit(&self, name: &str) -> Result<Option<usize>, ApiError> {
        let Some(text) = self.get(name) else { return Ok(None) };
        match text.parse() {
            Ok(0) => Ok(None),
            Ok(limit) => Ok(Some(limit)),
            Err(_) => Err(wrong(name, text, "not a whole number from 0 on", "leave it out to get all")),
        }
    }

    /// The selectors of `match[]`.
    pub(crate) fn selectors(&self) -> Result<Vec<Vec<Matcher>>, ApiError> {
        let mut found = Vec::new();
        for text in self.all("match[]") {
            if found.len() >= SELECTORS {
                return Err(ApiError::bad_data(format!("there are more than {SELECTORS} `match[]`: ask in several requests")));
            }
            found.push(selector(text)?);
        }
        Ok(found)
    }

    pub(crate) fn need_selectors(&self) -> Result<Vec<Vec<Matcher>>, ApiError> {
        match self.selectors()? {
            none if none.is_empty() => {
                Err(ApiError::bad_data("the parameter `match[]` is missing: add a selector such as `match[]=up`"))
            }
            some => Ok(some),
        }
    }

    /// `start` and `end`; from the beginning to the end of time where they are missing.
    pub(crate) fn window(&self) -> Result<(Millis, Millis), ApiError> {
        let (start, end) = (self.moment("start")?.unwrap_or(Millis::MIN), self.moment("end")?.unwrap_or(Millis::MAX));
        if end < start {
            return Err(ApiError::bad_data("invalid parameter `end`: it lies before `start`; exchange them"));
        }
        Ok((start, end))
    }
}

fn wrong(name: &str, text: &str, reason: &str, remedy: &str) -> ApiError {
    let shown: String = text.chars().take(100).collect();
    ApiError::bad_data(format!("invalid parameter `{name}`: `{shown}` is {reason}; {remedy}"))
}

fn moment(name: &str, text: &str) -> Result<Millis, ApiError> {
    if let Ok(seconds) = text.parse::<f64>()
        && seconds.abs() <= LATEST_SECOND
    {
        return Ok((seconds * 1000.0).round() as Millis);
    }
    let timestamp = text.parse::<Timestamp>();
    timestamp.map(Timestamp::as_millisecond).map_err(|_| {
        wrong(name, text, "not a moment", "write seconds since 1970 (`1763632800.5`) or RFC 3339 (`2026-11-20T08:00:00Z`)")
    })
}

fn span(name: &str, text: &str) -> Result<Millis, ApiError> {
    let millis = match text.parse::<f64>() {
        Ok(seconds) if seconds.abs() <= LATEST_SECOND => Some((seconds * 1000.0).round() as Millis),
        _ => text.parse::<Span>().ok().map(Span::millis),
    };
    match millis {
        Some(millis) if millis > 0 => Ok(millis),
        Some(_) => Err(wrong(name, text, "not longer than nothing", "write seconds (`15`) or a duration (`15s`)")),
        None => Err(wrong(name, text, "not a duration", "write seconds (`15`) or a duration (`15s`, `5m`, `1h30m`)")),
    }
}

/// A selector without anything around it.
fn selector(text: &str) -> Result<Vec<Matcher>, ApiError> {
    let bad = |reason: String| ApiError::bad_data(format!("invalid parameter `match[]`: {reason}"));
    let expr = Expr::parse(text).map_err(|error| bad(error.to_string()))?;
    let matchers = expr.selector().map(<[Matcher]>::to_vec);
    matchers.ok_or_else(|| bad(format!("`{text}` is more than a selector: write it as `up{{job=\"shop\"}}`")))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
mod tests {
    use super::*;

    #[test]
    fn moments_and_spans_are_read_as_prometheus_reads_them() {
        for (text, millis) in [
            ("1763632800", 1_763_632_800_000),
            ("1763632800.1234", 1_763_632_800_123),
            ("-1.5", -1_500),
            ("1e3", 1_000_000),
            ("2025-11-20T10:00:00Z", 1_763_632_800_000),
            ("2025-11-20T11:00:00.5+01:00", 1_763_632_800_500),
        ] {
            assert_eq!(moment("time", text).unwrap(), millis, "{text}");
        }
        for text in ["yesterday", "NaN", "inf", "1e300", "2025-11-20"] {
            assert!(moment("time", text).is_err(), "{text}");
        }
        for (text, millis) in [("15", 15_000), ("0.5", 500), ("15s", 15_000), ("1h30m", 5_400_000)] {
            assert_eq!(span("step", text).unwrap(), millis, "{text}");
        }
        for text in ["0", "-5", "-5m", "five", "NaN"] {
            assert!(span("step", text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_selector_is_nothing_more() {
        assert_eq!(selector("up{job=\"a\"}").unwrap().len(), 2);
        for text in ["rate(up[5m])", "up + up", "up[5m]", "1", "{", "up offset 5m"] {
            assert!(selector(text).is_err(), "{text}");
        }
    }
}
