//! Sends a notification: to each person by itself, as the links in it are theirs; whoever has it already is left out, should it
//! have to be tried again.

use vitrine_sdk::channel::{Failure, Notification, Receipt, Status};
use vitrine_sdk::mail::{self, Attachment, Message};
use vitrine_sdk::notice::{self, Act};
use vitrine_sdk::{Fault, clock, log};

use crate::story::{Links, Picture, Story};
use crate::{Config, html, plain};

/// Panels that a message shows.
const MOST_PICTURES: usize = 2;
/// How long the button keeps the alerts quiet.
const SILENCE_SECONDS: u32 = 2 * 3_600;
/// When the rest is left to the next try, in nanoseconds: a slow relay must not cost the whole call.
const PATIENCE: u64 = 10_000_000_000;

pub(crate) fn deliver(config: &Config, notification: &Notification, key: &str) -> Result<Receipt, Failure> {
    let begin = clock::monotonic();
    let reached = notice::reached().unwrap_or_default();
    let waiting: Vec<&String> = config.to.iter().filter(|person| !reached.contains(person)).collect();
    let (pictures, attachments) = if config.pictures { pictures(notification) } else { Default::default() };
    let mut answers = Vec::new();
    let mut failures = Vec::new();
    for person in waiting {
        if clock::monotonic().saturating_sub(begin) > PATIENCE {
            failures.push(Failure::Retry(Fault::Upstream("the relay is slow: the others follow".to_owned())));
            break;
        }
        let links = if config.links { links(notification, person) } else { Links::default() };
        let story = Story::of(notification, person, &pictures, links, clock::now());
        let message = message(&story, notification, person, key_of(config, key, person), attachments.clone());
        match mail::send(&message) {
            Ok(answer) => {
                if let Err(fault) = notice::told(person, &answer, Some(&message.key)) {
                    log::warn(&["a message that was sent could not be noted: ", fault.reason()].concat());
                }
                answers.push(answer);
            }
            Err(error) => failures.push(failure(error, person, config.to.len() > 1)),
        }
    }
    outcome(config, &reached, answers, failures)
}

/// Whoever can get it yet is tried again; whoever never will is told of, once the others have it.
fn outcome(config: &Config, reached: &[String], mut answers: Vec<String>, failures: Vec<Failure>) -> Result<Receipt, Failure> {
    let has_any = !answers.is_empty() || !reached.is_empty();
    let (lost, open): (Vec<Failure>, Vec<Failure>) =
        failures.into_iter().partition(|failure| matches!(failure, Failure::Permanent(_)));
    if let Some(failure) = open.into_iter().next() {
        return Err(failure);
    }
    match lost.first() {
        Some(_) if has_any => answers.extend(lost.iter().map(|failure| failure.fault().reason().to_owned())),
        Some(_) => return lost.into_iter().next().map_or_else(|| Err(gone()), Err),
        None if answers.is_empty() => answers.push(format!("all {} have it already", config.to.len())),
        None => {}
    }
    answers.dedup();
    Ok(Receipt { answer: answers.join("; "), id: None })
}

fn gone() -> Failure {
    Failure::Retry(Fault::Internal("nobody was told".to_owned()))
}

/// The panels that its alerts name, each once, in both themes.
fn pictures(notification: &Notification) -> (Vec<Picture>, Vec<Attachment>) {
    let mut names: Vec<&str> = notification.alerts.iter().filter_map(|alert| alert.annotation("panel")).collect();
    let mut seen = Vec::new();
    names.retain(|name| {
        !name.is_empty() && !seen.contains(name) && {
            seen.push(*name);
            true
        }
    });
    let mut pictures = Vec::new();
    let mut attachments = Vec::new();
    for (place, name) in names.into_iter().take(MOST_PICTURES).enumerate() {
        let mut picture = Picture { name: name.to_owned(), light: None, dark: None, trouble: None };
        for (is_dark, word) in [(false, "light"), (true, "dark")] {
            match notice::picture(name, is_dark) {
                Ok(data) => {
                    let id = format!("panel-{place}-{word}");
                    attachments.push(attachment(&id, data));
                    *(if is_dark { &mut picture.dark } else { &mut picture.light }) = Some(id);
                }
                Err(fault) => {
                    picture.trouble = Some(fault.reason().to_owned());
                    break;
                }
            }
        }
        pictures.push(picture);
    }
    (pictures, attachments)
}

fn attachment(id: &str, data: Vec<u8>) -> Attachment {
    let (name, content_type) = ([id, ".png"].concat(), "image/png".to_owned());
    Attachment { name, content_type, content_id: Some(id.to_owned()), data }
}

/// What has ended needs nobody.
fn links(notification: &Notification, person: &str) -> Links {
    if notification.status == Status::Resolved {
        return Links::default();
    }
    let link = |act: Act, seconds: u32| match notice::link(act, seconds, person) {
        Ok(address) => Some(address),
        Err(fault) => {
            log::debug(&["there is no link: ", fault.reason()].concat());
            None
        }
    };
    Links { acknowledge: link(Act::Acknowledge, 0), silence: link(Act::Silence, SILENCE_SECONDS) }
}

fn message(story: &Story<'_>, notification: &Notification, person: &str, key: String, attachments: Vec<Attachment>) -> Message {
    Message {
        to: vec![person.to_owned()],
        subject: story.subject.clone(),
        text: plain::write(story),
        html: Some(html::write(story)),
        thread: Some(notification.group.clone()),
        key,
        attachments,
    }
}

/// The same for each try, and another for each person: so a message that comes twice is known by its id.
fn key_of(config: &Config, key: &str, person: &str) -> String {
    if config.to.len() == 1 {
        return key.to_owned();
    }
    let sum = person.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{key}-{sum:016x}")
}

/// A message that the relay refuses is refused again; a missing grant may be given yet.
fn failure(error: mail::Error, person: &str, is_one_of_many: bool) -> Failure {
    let named = |reason: String| if is_one_of_many { [person, ": ", &reason].concat() } else { reason };
    match error {
        mail::Error::Denied(reason) => Failure::Retry(Fault::Denied(reason)),
        mail::Error::Unavailable(reason) => Failure::Retry(Fault::Upstream(named(reason))),
        mail::Error::Refused(reason) => Failure::Permanent(Fault::Upstream(named(reason))),
        mail::Error::Invalid(reason) => Failure::Permanent(Fault::Invalid(named(reason))),
    }
}
