//! From which value on it is a warning, and from which it is bad.

use super::{State, Threshold};

/// The options `warn` and `bad`. Where `bad` is below `warn`, low values are the bad ones.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Levels {
    pub warn: Option<f64>,
    pub bad: Option<f64>,
}

impl Levels {
    /// Neutral where there is no level, or no value.
    pub fn state(&self, value: f64) -> State {
        let beyond =
            |level: Option<f64>| level.is_some_and(|level| if self.low_is_bad() { value <= level } else { value >= level });
        match (self.warn, self.bad) {
            (None, None) => State::Neutral,
            _ if value.is_nan() => State::Neutral,
            _ if beyond(self.bad) => State::Bad,
            _ if beyond(self.warn) => State::Warning,
            _ => State::Good,
        }
    }

    /// As a chart or a gauge shows them: each state reaches from its value up to the next one's. Where low values are
    /// the bad ones, that begins with the lowest number there is, and ends where nothing is wrong any more.
    pub fn thresholds(&self) -> Vec<Threshold> {
        let from = |value: f64, state: State, name: &str| Threshold { value, state, name: name.to_owned() };
        if let (Some(warn), Some(bad), true) = (self.warn, self.bad, self.low_is_bad()) {
            return vec![
                from(f64::MIN, State::Bad, "bad"),
                from(bad, State::Warning, "warning"),
                from(warn, State::Neutral, "good"),
            ];
        }
        let warning = self.warn.map(|value| from(value, State::Warning, "warning"));
        let bad = self.bad.map(|value| from(value, State::Bad, "bad"));
        warning.into_iter().chain(bad).collect()
    }

    fn low_is_bad(&self) -> bool {
        matches!((self.warn, self.bad), (Some(warn), Some(bad)) if bad < warn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_say_what_states_say() {
        for (warn, bad) in [(0.8, 0.95), (20.0, 10.0)] {
            let levels = Levels { warn: Some(warn), bad: Some(bad) };
            for value in [5.0, 15.0, 30.0, 0.5, 0.9, 0.99] {
                let band = levels.thresholds().into_iter().rev().find(|one| one.value <= value);
                let band = band.map_or(State::Neutral, |one| one.state);
                let state = if levels.state(value) == State::Good { State::Neutral } else { levels.state(value) };
                assert_eq!(band, state, "{value} with {levels:?}");
            }
        }
    }
}
