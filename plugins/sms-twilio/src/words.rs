//! What a message says: the state, what, where, and a link; cut to so many parts, and the link is never cut.

use vitrine_sdk::channel::{Notification, Status};

use crate::segments::{plain, segments};

/// Twilio takes no more letters.
const MOST_LETTERS: usize = 1_600;
const CUT: &str = "...";
/// Said where an answer comes back to us, and where it costs no further part.
const ANSWERS: &str = "\nAnswer ACK or SILENCE 2H";

pub(crate) fn text(notification: &Notification, most: usize, is_answered: bool) -> String {
    let link = match notification.alerts.as_slice() {
        [only] if !only.link.is_empty() => only.link.clone(),
        _ => [notification.host.trim_end_matches('/'), "/alerts"].concat(),
    };
    let tail = ["\n", &link].concat();
    let short = fitted(&head(notification), &tail, most);
    let answers = [&short, ANSWERS].concat();
    let is_open = is_answered && notification.status == Status::Firing;
    if is_open && segments(&answers) == segments(&short) { answers } else { short }
}

/// `FIRING critical: disk /var on web-1 is 91 % full`
fn head(notification: &Notification) -> String {
    let state = match notification.status {
        Status::Firing => "FIRING",
        Status::Resolved => "RESOLVED",
    };
    let severity = match (notification.status, notification.alerts.as_slice()) {
        (Status::Firing, [only]) => only.label("severity").filter(|severity| !severity.is_empty()),
        _ => None,
    };
    let severity = severity.map(|severity| [" ", severity].concat()).unwrap_or_default();
    let title = notification.title.split_whitespace().collect::<Vec<_>>().join(" ");
    plain(&[state, &severity, ": ", &title].concat())
}

/// As much of the head as leaves the link its room.
fn fitted(head: &str, tail: &str, most: usize) -> String {
    let fits = |text: &str| segments(text) <= most && text.chars().count() <= MOST_LETTERS;
    let whole = [head, tail].concat();
    if fits(&whole) {
        return whole;
    }
    let ends: Vec<usize> = head.char_indices().map(|(end, _)| end).collect();
    let cut = |end: usize| [head[..end].trim_end(), CUT, tail].concat();
    // What has fewer letters needs no more parts, but where the last letter outside GSM's alphabet goes: from the longest down.
    let found = ends.iter().rev().map(|end| cut(*end)).find(|text| fits(text));
    found.unwrap_or_else(|| tail.trim_start().to_owned())
}
