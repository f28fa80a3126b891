//! Twilio's reports. Each is signed with HMAC-SHA1 over the address that Twilio asked, and after it all fields of the body, name
//! and value, in order of the names: <https://www.twilio.com/docs/usage/security#validating-requests>.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{OriginalUri, Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use url::form_urlencoded;
use vitrine_model::port::links::Act;
use vitrine_model::port::receipts::{PersonReceipt, Reported, Step};
use vitrine_monitor::notify::next_channel;

use super::Door;
use super::spoken::{HELP, Spoken, understand};
use crate::audit;
use crate::reply::NotDone;
use crate::web::Web;

const PLUGIN: &str = "sms-twilio";
/// The secret's name in the plugin's manifest.
const SECRET: &str = "auth_token";
/// Letters of an answer: two segments.
const ANSWER_LETTERS: usize = 300;
/// What happens where no certain hand has signed.
const FORGED: &str = "the signature is not Twilio's: look at `public_url`, at the address that Twilio asks, and at the secret\n";

type Fields = Vec<(String, String)>;

fn field<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
}

pub(crate) async fn take(
    State(web): State<Arc<Web>>,
    OriginalUri(uri): OriginalUri,
    Path((channel, what)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let what = match what.as_str() {
        "status" => "status",
        "reply" => "reply",
        _ => return (StatusCode::NOT_FOUND, "Twilio reports to `status` and `reply`\n").into_response(),
    };
    let Some(door) = (web.channels)(&channel).filter(|door| door.plugin == PLUGIN) else {
        web.callbacks.count(what, "unknown");
        return (StatusCode::NOT_FOUND, "there is no such channel\n").into_response();
    };
    let fields: Fields = form_urlencoded::parse(&body).into_owned().collect();
    let signature = headers.get("x-twilio-signature").and_then(|value| STANDARD.decode(value.as_bytes()).ok());
    match is_signed(&web, &door, &uri, &fields, &signature.unwrap_or_default()).await {
        Ok(true) => {}
        Ok(false) => {
            web.callbacks.count(what, "forged");
            tracing::warn!(channel, "a report was not signed as Twilio signs");
            return (StatusCode::FORBIDDEN, FORGED).into_response();
        }
        Err(reason) => {
            web.callbacks.count(what, "failed");
            tracing::error!(channel, "a report's signature could not be looked at: {reason}");
            return (StatusCode::SERVICE_UNAVAILABLE, "the signature could not be looked at\n").into_response();
        }
    }
    match what {
        "status" => status(&web, &uri, &fields).await,
        _ => reply(&web, &channel, &door, &fields).await,
    }
}

/// Twilio signs addresses with the port or without it, as the number and the kind of message have it.
async fn is_signed(web: &Web, door: &Door, uri: &Uri, fields: &Fields, signature: &[u8]) -> Result<bool, String> {
    let public = web.settings.public_url.clone().unwrap_or_else(|| web.teller.public_url());
    let path = uri.path_and_query().map_or("", |path| path.as_str());
    for base in bases(public.trim_end_matches('/')) {
        if door.signed.holds(SECRET, signed_text(&format!("{base}{path}"), fields).as_bytes(), signature).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// As it stands, with the usual port, without any.
fn bases(public: &str) -> Vec<String> {
    let mut bases = vec![public.to_owned()];
    let Some((scheme, rest)) = public.split_once("://") else { return bases };
    let (host, path) = rest.split_once('/').map_or((rest, String::new()), |(host, path)| (host, format!("/{path}")));
    match host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|digit| digit.is_ascii_digit())) {
        Some((name, _)) => bases.push(format!("{scheme}://{name}{path}")),
        None => bases.push(format!("{scheme}://{host}:{}{path}", if scheme == "https" { 443 } else { 80 })),
    }
    bases
}

fn signed_text(address: &str, fields: &Fields) -> String {
    let mut sorted: Vec<&(String, String)> = fields.iter().collect();
    sorted.sort();
    sorted.dedup();
    sorted.iter().fold(address.to_owned(), |text, (name, value)| text + name + value)
}

/// <https://www.twilio.com/docs/messaging/guides/track-outbound-message-status>
async fn status(web: &Web, uri: &Uri, fields: &Fields) -> Response {
    let query = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let delivery = query.into_owned().find(|(name, _)| name == "delivery").map(|(_, value)| value).unwrap_or_default();
    let (word, code) = (field(fields, "MessageStatus"), field(fields, "ErrorCode"));
    let step = match word {
        "accepted" | "scheduled" | "queued" | "sending" => Step::Taken,
        "sent" => Step::Sent,
        "delivered" | "read" => Step::Delivered,
        "undelivered" | "failed" | "canceled" => Step::Failed,
        _ => {
            web.callbacks.count("status", "unknown");
            return StatusCode::NO_CONTENT.into_response();
        }
    };
    let id = Some(field(fields, "MessageSid").to_owned()).filter(|id| !id.is_empty());
    let answer = if code.is_empty() { word.to_owned() } else { format!("{word}: {}", error(code)) };
    let now = web.clock.now();
    let receipt = PersonReceipt { person: field(fields, "To").to_owned(), step, id, answer, at: now };
    let (receipts, noted) = (Arc::clone(&web.receipts), receipt.clone());
    let reported = web.blocking(move || receipts.report(&delivery, &noted, &|delivery| next_channel(delivery, now))).await;
    let outcome = match reported {
        Ok(Reported::Unknown) => "unknown",
        Ok(Reported::Old) => "old",
        Ok(Reported::Noted) => "noted",
        Ok(Reported::AllFailed) => {
            tracing::error!(receipt.answer = receipt.answer, "a delivery reached nobody");
            "all_failed"
        }
        Err(reason) => {
            tracing::error!("a report could not be kept: {reason}");
            web.callbacks.count("status", "failed");
            // Twilio asks again.
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    web.callbacks.count("status", outcome);
    web.teller.look_again();
    StatusCode::NO_CONTENT.into_response()
}

/// What the numbers mean that phones cause: <https://www.twilio.com/docs/api/errors>
fn error(code: &str) -> String {
    let words = match code {
        "30001" => "the queue is full",
        "30002" => "the account is suspended",
        "30003" => "the phone cannot be reached",
        "30004" => "the person or the carrier blocks messages",
        "30005" => "there is no such phone",
        "30006" => "it is a landline, or its carrier takes no messages",
        "30007" => "the carrier took it for spam",
        "30008" => "the carrier did not say why",
        "30034" => "the sender's number is not registered with the carriers",
        "21610" => "the person has answered STOP",
        _ => return format!("error {code}"),
    };
    format!("{words} (error {code})")
}

/// <https://www.twilio.com/docs/messaging/twiml>
async fn reply(web: &Web, channel: &str, door: &Door, fields: &Fields) -> Response {
    let (id, person) = (field(fields, "MessageSid"), field(fields, "From"));
    if let Some(answer) = web.callbacks.answered(id) {
        web.callbacks.count("reply", "again");
        return speak(&answer);
    }
    let known = door.config["to"].as_array().into_iter().flatten().any(|to| to.as_str() == Some(person));
    if !known {
        // Whoever is not told of alerts learns nothing here.
        web.callbacks.count("reply", "stranger");
        tracing::warn!(channel, "a message came from a number that is not among the channel's");
        return speak("");
    }
    let (outcome, answer) = match understand(field(fields, "Body")) {
        Spoken::Stop => {
            audit::acted(person, None, "asked for no more messages of", channel);
            // Twilio itself confirms it, and holds back what is sent from now on.
            ("stop", String::new())
        }
        Spoken::Help => ("help", HELP.to_owned()),
        Spoken::Wrong(reason) => ("wrong", reason),
        Spoken::Do(act, comment) => act_for(web, channel, person, act, &comment).await,
    };
    web.callbacks.count("reply", outcome);
    let answer: String = answer.chars().take(ANSWER_LETTERS).collect();
    web.callbacks.remember(id, &answer);
    speak(&answer)
}

/// On what they were told last.
async fn act_for(web: &Web, channel: &str, person: &str, act: Act, comment: &str) -> (&'static str, String) {
    let (receipts, of, to) = (Arc::clone(&web.receipts), channel.to_owned(), person.to_owned());
    let last = match web.blocking(move || receipts.last_told(&of, &to)).await {
        Ok(Some(last)) => last,
        Ok(None) => return ("nothing", "You were told of nothing lately.".to_owned()),
        Err(reason) => {
            tracing::error!("what somebody was told last could not be read: {reason}");
            return ("failed", "That did not work: look at the page of alerts.".to_owned());
        }
    };
    match web.act_on(&last.group, act, person, comment).await {
        Ok(()) => {
            let done = match act {
                Act::Acknowledge => "Acknowledged".to_owned(),
                Act::Snooze(span) => format!("Snoozed for {span}"),
                Act::Silence(span) => format!("Silenced for {span}"),
            };
            ("done", format!("{done}: {}", last.title))
        }
        Err(NotDone::Over) => ("over", format!("It is over, or about several things: {}", last.title)),
        Err(NotDone::Refused(reason)) => ("refused", reason),
        Err(other) => {
            tracing::error!(channel, "an answer could not be obeyed: {other:?}");
            ("failed", "That did not work: look at the page of alerts.".to_owned())
        }
    }
}

fn speak(text: &str) -> Response {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let message = if text.is_empty() { String::new() } else { format!("<Message>{escaped}</Message>") };
    let body = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>{message}</Response>");
    ([(CONTENT_TYPE, "text/xml; charset=utf-8")], body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_signed_in_order_of_their_names() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let fields = vec![
            pair("Digits", "1234"),
            pair("To", "+18005551212"),
            pair("CallSid", "CA1234567890ABCDE"),
            pair("From", "+14158675309"),
            pair("Caller", "+14158675309"),
        ];
        // The text of Twilio's own example; `app` holds its signature against the same.
        assert_eq!(
            signed_text("https://mycompany.com/myapp.php?foo=1&bar=2", &fields),
            "https://mycompany.com/myapp.php?foo=1&bar=2CallSidCA1234567890ABCDECaller+14158675309Digits1234From+14158675309\
             To+18005551212"
        );
    }

    #[test]
    fn addresses_are_tried_with_the_port_and_without() {
        assert_eq!(bases("https://a.example"), ["https://a.example", "https://a.example:443"]);
        assert_eq!(bases("http://a.example/b"), ["http://a.example/b", "http://a.example:80/b"]);
        assert_eq!(bases("https://a.example:8443/b"), ["https://a.example:8443/b", "https://a.example/b"]);
    }

    #[tokio::test]
    async fn what_is_said_is_text() {
        let response = speak("a < b & c");
        let body = axum::body::to_bytes(response.into_body(), 1_000).await.unwrap_or_default();
        assert!(String::from_utf8_lossy(&body).ends_with("<Response><Message>a &lt; b &amp; c</Message></Response>"));
    }
}
