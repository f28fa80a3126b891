//! How the catalogue is asked: by language, for templates, with what differs filled in.

use std::sync::LazyLock;

use minijinja::Value;
use vitrine_model::view::State;

use super::{AlertMessages, ENGLISH, Messages, PORTUGUESE, ReplyMessages, alerting};
use crate::page::reader::Language;

static VALUES: LazyLock<[Value; 2]> = LazyLock::new(|| {
    Language::ALL.map(|language| {
        let of_alerts = AlertMessages::of(language).pairs();
        let of_replies = ReplyMessages::of(language).pairs();
        Value::from_pairs(Messages::of(language).pairs().into_iter().chain(of_alerts).chain(of_replies))
    })
});

impl AlertMessages {
    pub(crate) fn of(language: Language) -> &'static AlertMessages {
        match language {
            Language::English => &alerting::ENGLISH,
            Language::Portuguese => &alerting::PORTUGUESE,
        }
    }
}

impl Messages {
    pub(crate) fn of(language: Language) -> &'static Messages {
        match language {
            Language::English => &ENGLISH,
            Language::Portuguese => &PORTUGUESE,
        }
    }

    /// How something is doing, in a word; empty where nothing says so.
    pub(crate) fn state(&self, state: State) -> &'static str {
        match state {
            State::Neutral => "",
            State::Good => self.good_word,
            State::Warning => self.warning_word,
            State::Bad => self.bad_word,
        }
    }

    /// For templates.
    pub(crate) fn value(language: Language) -> Value {
        match language {
            Language::English => VALUES[0].clone(),
            Language::Portuguese => VALUES[1].clone(),
        }
    }
}

/// Puts what differs where a sentence has room for it, from left to right.
pub(crate) fn filled(sentence: &str, parts: &[&str]) -> String {
    let mut text = String::with_capacity(sentence.len() + 16);
    let mut parts = parts.iter();
    for (place, piece) in sentence.split("{}").enumerate() {
        if place > 0 {
            text.push_str(parts.next().unwrap_or(&""));
        }
        text.push_str(piece);
    }
    text
}
