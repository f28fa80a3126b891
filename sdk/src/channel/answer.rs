//! What a far side's answer means for a delivery: done, over, or to be tried again, and when.

use super::{Failure, Later};
use crate::Fault;
use crate::clock::{self, Utc};
use crate::http::Response;

/// Nobody may put an alert off for longer than a day.
const LONGEST_WAIT_SECONDS: f64 = 86_400.0;

/// How much of an answer is worth keeping.
const LONGEST_ANSWER: usize = 200;

/// Yes for 2xx, else what [`refused`] makes of it.
pub fn accepted(response: &Response) -> Result<(), Failure> {
    match response.is_success() {
        true => Ok(()),
        false => Err(refused(response, &told(response), None)),
    }
}

/// A refusal by its status: 408, 425, 429 and 5xx are worth another try, all else is not. 429 and 503 may say when, in
/// `Retry-After` or, in `seconds`, in words of their own.
pub fn refused(response: &Response, reason: &str, seconds: Option<f64>) -> Failure {
    let reason = ["the receiver answered ", reason].concat();
    let is_busy = matches!(response.status, 429 | 503);
    match (seconds.or_else(|| retry_after(response)).filter(|_| is_busy), response.status) {
        (Some(seconds), _) => later(&reason, seconds),
        (_, 408 | 425 | 429 | 500..) => Failure::Retry(Fault::Upstream(reason)),
        _ => Failure::Permanent(Fault::Upstream(reason)),
    }
}

/// The far side said when to try again.
pub fn later(reason: &str, seconds: f64) -> Failure {
    let seconds = seconds.clamp(0.0, LONGEST_WAIT_SECONDS).ceil() as u32;
    Failure::RetryAfter(Later { fault: Fault::Upstream(reason.to_owned()), seconds })
}

/// The header `Retry-After`: seconds, or a date.
fn retry_after(response: &Response) -> Option<f64> {
    let text = response.header("retry-after")?.trim();
    match text.parse::<u32>() {
        Ok(seconds) => Some(f64::from(seconds)),
        Err(_) => Utc::parse_http(text).map(|moment| (moment - clock::now()) as f64 / 1e3),
    }
}

/// The status and the beginning of the body.
pub fn told(response: &Response) -> String {
    let status = response.status.to_string();
    let body = response.text();
    let body: String = body.trim().chars().filter(|character| !character.is_control()).take(LONGEST_ANSWER).collect();
    match body.is_empty() {
        true => status,
        false => [&status, ": ", &body].concat(),
    }
}
