//! Asks Twilio to send: <https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource>. Twilio knows no
//! repeats, so whoever was told is noted with the host before the next one is.

use serde::Deserialize;
use vitrine_sdk::channel::{Failure, Later, Notification, Receipt};
use vitrine_sdk::http::{Placement, Request, Response};
use vitrine_sdk::{Fault, clock, log, notice};

use crate::segments::segments;
use crate::{Config, words};

/// The secret's name in `plugin.toml`.
const SECRET: &str = "auth_token";
/// Nobody may put an alert off for longer than this many seconds.
const LONGEST_WAIT: u32 = 3_600;
/// When the rest is left to the next try, in nanoseconds.
const PATIENCE: u64 = 9_000_000_000;

#[derive(Deserialize)]
struct Created {
    sid: String,
    status: String,
}

/// What a request that was refused is answered.
#[derive(Deserialize)]
struct Refused {
    code: Option<u32>,
    message: String,
}

pub(crate) fn deliver(config: &Config, notification: &Notification, key: &str) -> Result<Receipt, Failure> {
    let begin = clock::monotonic();
    let reached = notice::reached()?;
    let callback = notice::callback("twilio");
    let text = words::text(notification, config.segments, callback.is_some());
    let mut told: Vec<(String, String)> = Vec::new();
    let (mut lost, mut open) = (Vec::new(), None);
    for person in config.to.iter().filter(|person| !reached.contains(person)) {
        if clock::monotonic().saturating_sub(begin) > PATIENCE {
            open = Some(Failure::Retry(Fault::Upstream("Twilio is slow: the others follow".to_owned())));
            break;
        }
        match send(config, person, &text, callback.as_deref(), &[key, "-", person].concat()) {
            Ok((answer, id)) => {
                if let Err(fault) = notice::told(person, &answer, Some(&id)) {
                    log::warn(&["a message that was sent could not be noted: ", fault.reason()].concat());
                }
                told.push((answer, id));
            }
            Err(Failure::Permanent(fault)) => lost.push([person, ": ", fault.reason()].concat()),
            // Who comes next would hear the same.
            Err(later) => {
                open = Some(later);
                break;
            }
        }
    }
    if let Some(failure) = open {
        return Err(failure);
    }
    if told.is_empty() && reached.is_empty() {
        return Err(Failure::Permanent(Fault::Upstream(lost.join("; "))));
    }
    Ok(receipt(told, lost, segments(&text)))
}

fn receipt(told: Vec<(String, String)>, lost: Vec<String>, parts: usize) -> Receipt {
    let parts = format!("{parts} part{}", if parts == 1 { "" } else { "s" });
    let mut answers = vec![parts];
    answers.extend(told.first().map(|(answer, _)| answer.clone()));
    answers.extend(lost);
    let id = (told.len() == 1).then(|| told[0].1.clone());
    Receipt { answer: answers.join("; "), id }
}

/// The status that Twilio gives it, and its name for the message.
fn send(config: &Config, person: &str, text: &str, callback: Option<&str>, key: &str) -> Result<(String, String), Failure> {
    let url = [config.api.trim_end_matches('/'), "/2010-04-01/Accounts/", &config.account, "/Messages.json"].concat();
    let mut form = Form::default();
    form.add("To", person).add("Body", text);
    match (&config.messaging_service, &config.from) {
        (Some(service), _) => drop(form.add("MessagingServiceSid", service)),
        (None, Some(from)) => drop(form.add("From", from)),
        (None, None) => {}
    }
    if let Some(callback) = callback {
        form.add("StatusCallback", callback);
    }
    let request = Request::post(&url)
        .redirects(0)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("idempotency-key", key)
        .secret(SECRET, Placement::Basic(config.account.clone()))
        .body(form.0);
    let response = request.send().map_err(|error| Failure::Retry(Fault::from(error)))?;
    if !response.is_success() {
        return Err(failure(&response));
    }
    let created: Created = match response.json() {
        Ok(created) => created,
        // It was taken, whatever it says.
        Err(_) => Created { sid: String::new(), status: response.status.to_string() },
    };
    Ok((created.status, created.sid))
}

/// <https://www.twilio.com/docs/usage/twilios-response>
fn failure(response: &Response) -> Failure {
    let refused: Option<Refused> = response.json().ok();
    let code = refused.as_ref().and_then(|refused| refused.code);
    let status = response.status.to_string();
    let said = match (&refused, code) {
        (Some(refused), Some(code)) => format!("Twilio says: {} (error {code})", refused.message),
        (Some(refused), None) => ["Twilio says: ", &refused.message].concat(),
        (None, _) => ["Twilio answered ", &status].concat(),
    };
    let seconds = response.header("retry-after").and_then(|seconds| seconds.trim().parse::<u32>().ok());
    match (response.status, code, seconds) {
        (429 | 503, _, Some(seconds)) => {
            Failure::RetryAfter(Later { fault: Fault::Upstream(said), seconds: seconds.min(LONGEST_WAIT) })
        }
        // 404 is an account or an address that is not there: an admin can mend it, and nothing is lost meanwhile.
        (404 | 408 | 429 | 500.., ..) => Failure::Retry(Fault::Upstream(said)),
        // So are the login and the sender.
        (401 | 403, ..) | (_, Some(20_003 | 20_005 | 21_212 | 21_606 | 21_659 | 21_660 | 30_002), _) => {
            Failure::Retry(Fault::Invalid(said))
        }
        // No such number, no mobile phone, "STOP": the next channel has to do it.
        _ => Failure::Permanent(Fault::Upstream(said)),
    }
}

#[derive(Default)]
struct Form(String);

impl Form {
    fn add(&mut self, name: &str, value: &str) -> &mut Form {
        if !self.0.is_empty() {
            self.0.push('&');
        }
        self.0.push_str(name);
        self.0.push('=');
        for byte in value.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'*' => self.0.push(char::from(byte)),
                b' ' => self.0.push('+'),
                other => self.0.push_str(&format!("%{other:02X}")),
            }
        }
        self
    }
}
