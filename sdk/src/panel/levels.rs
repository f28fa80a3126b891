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

    /// As a chart or a gauge shows them.
    pub fn thresholds(&self) -> Vec<Threshold> {
        let warning = self.warn.map(|value| Threshold { value, state: State::Warning, name: "warning".to_owned() });
        let bad = self.bad.map(|value| Threshold { value, state: State::Bad, name: "bad".to_owned() });
        warning.into_iter().chain(bad).collect()
    }

    fn low_is_bad(&self) -> bool {
        matches!((self.warn, self.bad), (Some(warn), Some(bad)) if bad < warn)
    }
}
