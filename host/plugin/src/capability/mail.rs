//! `mail`: messages through the host's relay. The relay's address, login and sender never enter a guest.

use std::time::Duration;

use arc_swap::ArcSwapOption;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message as Mail, Tokio1Executor};

use crate::bindings::imported::mail::{Attachment as GuestAttachment, Error, Host, Message};
use crate::context::Context;
use crate::grant::Right;
use crate::settings::{MailRelay, MailTls};

/// One command's wait for the relay; the call's own limit stands above it.
const COMMAND_WAIT: Duration = Duration::from_secs(10);

/// What a channel waits for while there is no relay.
pub const NO_RELAY: &str = "no mail relay is set up yet: set `mail.host` and `mail.from` in the settings";

type Transport = AsyncSmtpTransport<Tokio1Executor>;

/// The relay, once there is one.
#[derive(Default)]
pub(crate) struct Relay(ArcSwapOption<Ready>);

struct Ready {
    transport: Transport,
    from: Mailbox,
}

impl Relay {
    /// Takes new settings; on an error the old relay stays.
    pub(crate) fn set(&self, relay: Option<&MailRelay>, ca_pem: Option<&[u8]>) -> Result<(), String> {
        let ready = relay.map(|relay| Ready::new(relay, ca_pem)).transpose()?;
        self.0.store(ready.map(std::sync::Arc::new));
        Ok(())
    }

    pub(crate) fn is_set(&self) -> bool {
        self.0.load().is_some()
    }

    async fn send(&self, message: Message, channel: &str) -> Result<String, Error> {
        let ready = self.0.load_full().ok_or_else(|| Error::Denied(NO_RELAY.to_owned()))?;
        let mail = compose(&ready.from, message, channel).map_err(Error::Invalid)?;
        let answer = ready.transport.send(mail).await.map_err(|error| sort(&error))?;
        let lines: Vec<&str> = answer.message().collect();
        Ok(format!("{} {}", answer.code(), lines.join(" ")))
    }
}

impl Ready {
    fn new(relay: &MailRelay, ca_pem: Option<&[u8]>) -> Result<Ready, String> {
        let from = relay.from.parse().map_err(|error| format!("`mail.from` is not an address: {error}"))?;
        let mut builder = Transport::builder_dangerous(&relay.host).port(relay.port).timeout(Some(COMMAND_WAIT));
        builder = match relay.tls {
            MailTls::None => builder,
            MailTls::Starttls => builder.tls(Tls::Required(tls(&relay.host, ca_pem)?)),
            MailTls::Implicit => builder.tls(Tls::Wrapper(tls(&relay.host, ca_pem)?)),
        };
        if let Some((user, password)) = &relay.login {
            builder = builder.credentials(Credentials::new(user.clone(), password.clone()));
        }
        Ok(Ready { transport: builder.build(), from })
    }
}

fn tls(host: &str, ca_pem: Option<&[u8]>) -> Result<TlsParameters, String> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(pem) = ca_pem {
        let authority = Certificate::from_pem(pem).map_err(|error| format!("`plugins.ca_file` is no PEM file: {error}"))?;
        builder = builder.add_root_certificate(authority);
    }
    builder.build().map_err(|error| format!("TLS for the mail relay cannot be set up: {error}"))
}

fn sort(error: &lettre::transport::smtp::Error) -> Error {
    let text = chain(error);
    let code = error.status().map(u16::from);
    // Some answers are about this host, not about the message: a wrong login can be mended, and nothing is lost.
    let is_about_us = matches!(code, Some(502..=504 | 530 | 534 | 535 | 538));
    if error.is_permanent() && !is_about_us {
        return Error::Refused(format!("the mail relay refused the message: {text}"));
    }
    if error.is_timeout() {
        return Error::Unavailable(format!("the mail relay did not answer in time: {text}"));
    }
    Error::Unavailable(format!("the mail relay could not take the message now: {text}"))
}

/// An error with its causes, each once.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let more = inner.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        cause = inner.source();
    }
    text
}

fn compose(from: &Mailbox, message: Message, channel: &str) -> Result<Mail, String> {
    let domain = from.email.domain();
    let mut builder = Mail::builder().from(from.clone()).subject(single_line(&message.subject));
    builder = builder.message_id(Some(format!("<{}@{domain}>", id_part(&message.key))));
    // Whoever is away need not tell us (RFC 3834; the second is Exchange's word), and rules sort by the list (RFC 2919).
    let list = format!("<{}.vitrine.{domain}>", id_part(channel));
    for (name, value) in [("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All"), ("List-Id", &list)] {
        builder = builder.raw_header(HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned()));
    }
    for address in &message.to {
        let mailbox: Mailbox = address.parse().map_err(|error| format!("`{address}` is not a mail address: {error}"))?;
        builder = builder.to(mailbox);
    }
    if let Some(thread) = &message.thread {
        let root = format!("<{}@{domain}>", id_part(thread));
        builder = builder.in_reply_to(root.clone()).references(root);
    }
    let mail = match content(message.text, message.html, message.attachments)? {
        Content::Plain(part) => builder.singlepart(part),
        Content::Parts(parts) => builder.multipart(parts),
    };
    mail.map_err(|error| format!("the message cannot be built: {error}"))
}

enum Content {
    Plain(SinglePart),
    Parts(MultiPart),
}

/// The text, or text and HTML with the pictures that it names; whatever else is attached comes beside it (RFC 2046, 2387).
fn content(text: String, html: Option<String>, attachments: Vec<GuestAttachment>) -> Result<Content, String> {
    let is_rich = html.is_some();
    let (named, beside): (Vec<_>, Vec<_>) =
        attachments.into_iter().partition(|attachment| is_rich && attachment.content_id.is_some());
    let message = match html {
        None => Content::Plain(SinglePart::plain(text)),
        Some(html) => {
            let alternative = MultiPart::alternative_plain_html(text, html);
            let related = if named.is_empty() { alternative } else { MultiPart::related().multipart(alternative) };
            Content::Parts(with_all(related, named)?)
        }
    };
    if beside.is_empty() {
        return Ok(message);
    }
    let mixed = match message {
        Content::Plain(part) => MultiPart::mixed().singlepart(part),
        Content::Parts(parts) => MultiPart::mixed().multipart(parts),
    };
    Ok(Content::Parts(with_all(mixed, beside)?))
}

fn with_all(mut parts: MultiPart, attachments: Vec<GuestAttachment>) -> Result<MultiPart, String> {
    for attachment in attachments {
        let kind = ContentType::parse(&attachment.content_type)
            .map_err(|_| format!("`{}` is not a content type", single_line(&attachment.content_type)))?;
        let part = match attachment.content_id {
            Some(id) => Attachment::new_inline(id_part(&id)),
            None => Attachment::new(single_line(&attachment.name)),
        };
        parts = parts.singlepart(part.body(attachment.data, kind));
    }
    Ok(parts)
}

/// A header's value never holds a line break.
fn single_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

/// The left part of a message id: letters, digits and a few marks.
fn id_part(text: &str) -> String {
    text.chars().map(|letter| if letter.is_ascii_alphanumeric() || ".-_".contains(letter) { letter } else { '-' }).collect()
}

impl Host for Context {
    async fn send(&mut self, message: Message) -> Result<String, Error> {
        self.require(Right::Mail).map_err(Error::Denied)?;
        let wait = self.time_left();
        match tokio::time::timeout(wait, self.services.mail.send(message, &self.instance)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Error::Unavailable(format!("the mail relay did not finish within {} s", wait.as_secs()))),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    /// The kinds of its parts, outside in, and all of its text.
    fn check(html: Option<&str>, attachments: &[(&str, Option<&str>)], kinds: &[&str]) -> String {
        let attachment = |(name, id): &(&str, Option<&str>)| GuestAttachment {
            name: (*name).to_owned(),
            content_type: "text/csv".to_owned(),
            content_id: id.map(str::to_owned),
            data: b"time,value".to_vec(),
        };
        let message = Message {
            key: "1".to_owned(),
            thread: None,
            to: vec!["on-call@shop.test".to_owned()],
            subject: "a report".to_owned(),
            text: "see the file".to_owned(),
            html: html.map(str::to_owned),
            attachments: attachments.iter().map(attachment).collect(),
        };
        let mail = compose(&"vitrine@shop.test".parse().unwrap(), message, "on-call").unwrap();
        let text = String::from_utf8(mail.formatted()).unwrap();
        let parts = text.lines().filter_map(|line| line.strip_prefix("Content-Type: ")?.split(';').next());
        assert_eq!(parts.collect::<Vec<_>>(), kinds, "{text}");
        assert!(text.contains("see the file"), "{text}");
        for header in ["Auto-Submitted: auto-generated", "List-Id: <on-call.vitrine.shop.test>", "Message-ID: <1@shop.test>"] {
            assert!(text.contains(header), "{header} in {text}");
        }
        text
    }

    #[test]
    fn what_is_attached_arrives_with_html_and_without() {
        let file = ("week.csv", None);
        let picture = ("load.png", Some("load"));
        check(None, &[], &["text/plain"]);
        check(Some("<p>hi"), &[], &["multipart/alternative", "text/plain", "text/html"]);
        let text = check(None, &[file], &["multipart/mixed", "text/plain", "text/csv"]);
        assert!(text.contains("Content-Disposition: attachment; filename=\"week.csv\"") && text.contains("time,value"), "{text}");
        let related = ["multipart/related", "multipart/alternative", "text/plain", "text/html", "text/csv"];
        let text = check(Some("<img src=cid:load>"), &[picture], &related);
        assert!(text.contains("Content-ID: <load>"), "{text}");
        let all: Vec<&str> = ["multipart/mixed"].into_iter().chain(related).chain(["text/csv"]).collect();
        check(Some("<img src=cid:load>"), &[file, picture], &all);
        // Nothing names it: it is a file like any other.
        check(None, &[picture], &["multipart/mixed", "text/plain", "text/csv"]);
    }
}
