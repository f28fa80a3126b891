//! Which words and states numbers stand for: 1 is `up`, 0 is `down`.

use serde::Deserialize;

use super::{Levels, State};

/// One entry of the option `map`: a number, or a range of them, and what it means. The first that fits counts.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// This number.
    pub value: Option<f64>,
    /// From this number on.
    pub from: Option<f64>,
    /// Up to this number, itself among them.
    pub to: Option<f64>,
    pub text: String,
    #[serde(default)]
    pub state: Word,
}

/// A state as options write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Word {
    #[default]
    Neutral,
    Good,
    Warning,
    Bad,
}

impl From<Word> for State {
    fn from(word: Word) -> State {
        match word {
            Word::Neutral => State::Neutral,
            Word::Good => State::Good,
            Word::Warning => State::Warning,
            Word::Bad => State::Bad,
        }
    }
}

impl Mapping {
    fn fits(&self, number: f64) -> bool {
        let bounded = self.value.is_some() || self.from.is_some() || self.to.is_some();
        bounded
            && self.value.is_none_or(|value| value == number)
            && self.from.is_none_or(|from| number >= from)
            && self.to.is_none_or(|to| number <= to)
    }
}

/// The text and the state of a number: by the mappings, else by the levels and as itself.
pub fn meaning(number: f64, map: &[Mapping], levels: Levels) -> (String, State) {
    match map.iter().find(|mapping| mapping.fits(number)) {
        Some(mapping) => (mapping.text.clone(), mapping.state.into()),
        None => (short(number), levels.state(number)),
    }
}

/// A number for people who look at words: at most two decimals.
fn short(number: f64) -> String {
    let rounded = (number * 100.0).round() / 100.0;
    if rounded.is_finite() { rounded.to_string() } else { number.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_that_fits_counts() {
        let map = [
            Mapping { value: Some(1.0), from: None, to: None, text: "up".to_owned(), state: Word::Good },
            Mapping { value: None, from: Some(0.0), to: Some(1.0), text: "down".to_owned(), state: Word::Bad },
            Mapping { value: None, from: None, to: None, text: "never".to_owned(), state: Word::Bad },
        ];
        let levels = Levels { warn: Some(2.0), bad: None };
        assert_eq!(meaning(1.0, &map, levels), ("up".to_owned(), State::Good));
        assert_eq!(meaning(0.25, &map, levels), ("down".to_owned(), State::Bad));
        assert_eq!(meaning(2.125, &map, levels), ("2.13".to_owned(), State::Warning));
        assert_eq!(meaning(-1.0, &map, Levels::default()), ("-1".to_owned(), State::Neutral));
    }
}
