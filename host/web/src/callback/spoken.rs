//! What people answer to a short message: one word says what to do.

use vitrine_model::Span;
use vitrine_model::port::links::Act;

/// How long `SILENCE` lasts where nobody says.
const USUAL: Span = Span::from_secs(2 * 3_600);
const SHORTEST: Span = Span::from_secs(60);
const LONGEST: Span = Span::from_secs(30 * 86_400);

/// What somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Spoken {
    /// With a comment.
    Do(Act, String),
    /// No more messages: the carrier's far side sees to that by itself.
    Stop,
    Help,
    /// Not understood: what was wrong with it.
    Wrong(String),
}

pub(super) const HELP: &str =
    "Answer ACK to take the alert on, SILENCE 2H to keep it quiet for a while, STOP for no more messages.";

/// Upper and lower case are the same; what follows an ACK is a comment.
pub(super) fn understand(text: &str) -> Spoken {
    let text = text.trim();
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let rest = rest.trim();
    match word.trim_end_matches(['.', '!', ',']).to_ascii_uppercase().as_str() {
        "ACK" | "ACKNOWLEDGE" => Spoken::Do(Act::Acknowledge, rest.to_owned()),
        "SNOOZE" => lasting(rest, Act::Snooze),
        "SILENCE" | "MUTE" => lasting(rest, Act::Silence),
        "STOP" | "STOPALL" | "UNSUBSCRIBE" | "CANCEL" | "END" | "QUIT" | "OPTOUT" | "REVOKE" => Spoken::Stop,
        _ => Spoken::Help,
    }
}

/// `2H`, `2 h`, `90m`; the rest is a comment.
fn lasting(text: &str, act: fn(Span) -> Act) -> Spoken {
    let mut words = text.split_whitespace().map(str::to_ascii_lowercase).peekable();
    let Some(mut span) = words.next() else { return Spoken::Do(act(USUAL), String::new()) };
    if span.bytes().all(|letter| letter.is_ascii_digit()) {
        let unit = words.next_if(|word| ["m", "min", "h", "d"].contains(&word.as_str()));
        span.push_str(unit.as_deref().map_or("h", |unit| &unit[..1]));
    }
    match span.parse::<Span>() {
        Ok(span) if (SHORTEST..=LONGEST).contains(&span) => Spoken::Do(act(span), words.collect::<Vec<_>>().join(" ")),
        Ok(_) => Spoken::Wrong(format!("{span} is not between {SHORTEST} and {LONGEST}.")),
        Err(_) => Spoken::Wrong(format!("How long is {span}? Write SILENCE 2H.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word_says_what_to_do() {
        let hours = |hours: i64| Span::from_secs(hours * 3_600);
        let silence = |span: Span| Spoken::Do(Act::Silence(span), String::new());
        for (text, wanted) in [
            ("ACK", Spoken::Do(Act::Acknowledge, String::new())),
            (" ack. I am on it\n", Spoken::Do(Act::Acknowledge, "I am on it".to_owned())),
            ("SILENCE 2H", silence(hours(2))),
            ("silence", silence(hours(2))),
            ("Silence 3 h", silence(hours(3))),
            ("silence 45 min", silence(Span::from_secs(45 * 60))),
            ("silence 4", silence(hours(4))),
            ("SILENCE 1h30m backup runs", Spoken::Do(Act::Silence(Span::from_secs(5_400)), "backup runs".to_owned())),
            ("snooze 1d", Spoken::Do(Act::Snooze(hours(24)), String::new())),
            ("STOP", Spoken::Stop),
            ("help", Spoken::Help),
            ("", Spoken::Help),
            ("what is this?", Spoken::Help),
        ] {
            assert_eq!(understand(text), wanted, "{text}");
        }
        for wrong in ["silence forever", "silence 99999d", "silence 1s", "silence 2hx"] {
            assert!(matches!(understand(wrong), Spoken::Wrong(_)), "{wrong}");
        }
    }
}
