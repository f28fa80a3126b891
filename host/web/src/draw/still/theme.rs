//! The page's colours, as a picture needs them: a test holds them against the stylesheet.

use vitrine_model::view::State;

/// Colours of one theme.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Theme {
    pub page: &'static str,
    pub panel: &'static str,
    pub text: &'static str,
    pub muted: &'static str,
    pub grid: &'static str,
    pub line: &'static str,
    pub hover: &'static str,
    /// Panels have a line around them, where the ground does not set them apart.
    pub hairline: bool,
    pub good: &'static str,
    pub warning: &'static str,
    pub bad: &'static str,
    /// What a state lends a ground: a colour, and how much of it.
    good_tint: (&'static str, f64),
    warning_tint: (&'static str, f64),
    bad_tint: (&'static str, f64),
    pub series: [&'static str; 8],
}

impl Theme {
    pub const LIGHT: Theme = Theme {
        page: "#f4f5f6",
        panel: "#ffffff",
        text: "#1b1f24",
        muted: "#5c646e",
        grid: "#e4e7ea",
        line: "#d5d9de",
        hover: "#eceef0",
        hairline: false,
        good: "#1a7a48",
        warning: "#8f5c00",
        bad: "#c02f2a",
        good_tint: ("#1a7a48", 0.094),
        warning_tint: ("#d99200", 0.149),
        bad_tint: ("#d8403a", 0.133),
        series: ["#0072b2", "#b87400", "#008a65", "#cf5a00", "#b5588f", "#2f8fc4", "#857a00", "#59616b"],
    };
    /// Ink is for what is said, not for the ground.
    pub const PAPER: Theme = Theme { page: "#ffffff", hairline: true, ..Theme::LIGHT };
    pub const DARK: Theme = Theme {
        page: "#0f1215",
        panel: "#171b20",
        text: "#e4e8ec",
        muted: "#98a2ad",
        grid: "#262c33",
        line: "#323942",
        hover: "#20262c",
        hairline: false,
        good: "#4cc38a",
        warning: "#e5ac3f",
        bad: "#ff7f73",
        good_tint: ("#4cc38a", 0.122),
        warning_tint: ("#e5ac3f", 0.141),
        bad_tint: ("#ff6b5e", 0.169),
        series: ["#4f9fdd", "#e9a93a", "#2fc098", "#f0803c", "#dc92bd", "#80cdf7", "#e3d95c", "#aab3bd"],
    };

    pub(super) fn state(&self, state: State) -> &'static str {
        match state {
            State::Neutral => self.text,
            State::Good => self.good,
            State::Warning => self.warning,
            State::Bad => self.bad,
        }
    }

    /// What a state lends a ground; nothing where there is none.
    pub(super) fn tint(&self, state: State) -> (&'static str, f64) {
        match state {
            State::Neutral => (self.panel, 0.0),
            State::Good => self.good_tint,
            State::Warning => self.warning_tint,
            State::Bad => self.bad_tint,
        }
    }

    /// The colour of what has a class on the page: one of a series, or a state.
    pub(super) fn class(&self, class: &str) -> &'static str {
        match class {
            "good" => self.good,
            "warning" => self.warning,
            "bad" => self.bad,
            "rest" => self.line,
            other => other.strip_prefix('s').and_then(|digit| digit.parse().ok()).map_or(self.muted, |place| self.of(place)),
        }
    }

    pub(super) fn of(&self, series: usize) -> &'static str {
        self.series[series % self.series.len()]
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
mod tests {
    use super::*;

    #[test]
    fn the_colours_are_the_stylesheets() {
        let style = include_str!("../../../assets/src/style.css");
        let (light, dark) = style.split_once("data-theme=\"dark\"").unwrap();
        for (theme, text) in [(Theme::LIGHT, light), (Theme::DARK, dark)] {
            let named = [
                ("page", theme.page),
                ("panel", theme.panel),
                ("text", theme.text),
                ("muted", theme.muted),
                ("grid", theme.grid),
            ];
            let states = [
                ("line", theme.line),
                ("hover", theme.hover),
                ("good", theme.good),
                ("warning", theme.warning),
                ("bad", theme.bad),
            ];
            let series = (0..8).map(|place| (format!("s{place}"), theme.series[place]));
            let all = named.into_iter().chain(states).map(|(name, colour)| (name.to_owned(), colour)).chain(series);
            let tints = [("good", theme.good_tint), ("warning", theme.warning_tint), ("bad", theme.bad_tint)];
            for (name, (colour, opacity)) in tints {
                let tint = format!("--{name}-tint: {colour}{:02x};", (opacity * 255.0).round() as u8);
                assert!(text.contains(&tint), "{tint}");
            }
            for (name, colour) in all {
                assert!(text.contains(&format!("--{name}: {colour};")), "--{name}: {colour}");
            }
        }
    }
}
