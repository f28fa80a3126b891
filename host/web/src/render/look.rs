//! How a picture is to look: its form, theme and size, each within bounds.

use crate::draw::still::Theme;

/// In CSS pixels.
const WIDTHS: std::ops::RangeInclusive<u32> = 200..=4_000;
const HEIGHTS: std::ops::RangeInclusive<u32> = 100..=2_000;
/// In hundredths.
const SCALES: std::ops::RangeInclusive<u32> = 25..=400;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Format {
    Svg,
    #[default]
    Png,
    Pdf,
}

impl Format {
    pub const ALL: [Format; 3] = [Format::Svg, Format::Png, Format::Pdf];

    /// As a file's name ends.
    pub fn ending(self) -> &'static str {
        match self {
            Format::Svg => "svg",
            Format::Png => "png",
            Format::Pdf => "pdf",
        }
    }

    pub fn media_type(self) -> &'static str {
        match self {
            Format::Svg => "image/svg+xml",
            Format::Png => "image/png",
            Format::Pdf => "application/pdf",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Look {
    pub format: Format,
    pub dark: bool,
    /// CSS pixels; the usual ones where it is not said. A dashboard's height follows from its panels.
    pub width: Option<u32>,
    pub height: Option<u32>,
    /// Points for each CSS pixel, in hundredths.
    pub percent: Option<u32>,
}

impl Look {
    /// Reads `theme`, `width`, `height` and `scale` of an address.
    pub fn parse(format: Format, pairs: &[(String, String)]) -> Result<Look, String> {
        let last =
            |name: &str| pairs.iter().rfind(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_str());
        let dark = match last("theme") {
            None | Some("light") => false,
            Some("dark") => true,
            Some(other) => return Err(format!("there is no theme `{other}`: write `light` or `dark`")),
        };
        let width = last("width").map(|text| within("width", text, WIDTHS)).transpose()?;
        let height = last("height").map(|text| within("height", text, HEIGHTS)).transpose()?;
        let percent = last("scale").map(scale).transpose()?;
        Ok(Look { format, dark, width, height, percent })
    }

    /// The pairs of an address that asks for this.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        if self.dark {
            pairs.push(("theme".to_owned(), "dark".to_owned()));
        }
        pairs.extend(self.width.map(|width| ("width".to_owned(), width.to_string())));
        pairs.extend(self.height.map(|height| ("height".to_owned(), height.to_string())));
        pairs.extend(self.percent.map(|percent| ("scale".to_owned(), (f64::from(percent) / 100.0).to_string())));
        pairs
    }

    pub(super) fn theme(&self) -> Theme {
        match (self.dark, self.format) {
            (true, _) => Theme::DARK,
            (false, Format::Pdf) => Theme::PAPER,
            (false, _) => Theme::LIGHT,
        }
    }

    pub(super) fn scale(&self) -> f32 {
        self.percent.unwrap_or(100) as f32 / 100.0
    }
}

fn within(name: &str, text: &str, bounds: std::ops::RangeInclusive<u32>) -> Result<u32, String> {
    let wrong = || format!("the {name} `{text}` is not between {} and {} pixels", bounds.start(), bounds.end());
    text.parse().ok().filter(|value| bounds.contains(value)).ok_or_else(wrong)
}

fn scale(text: &str) -> Result<u32, String> {
    let percent = text.parse::<f64>().ok().filter(|scale| scale.is_finite()).map(|scale| (scale * 100.0).round());
    let (least, most) = (f64::from(*SCALES.start()), f64::from(*SCALES.end()));
    let wrong = || format!("the scale `{text}` is not between {} and {}", least / 100.0, most / 100.0);
    percent.filter(|percent| (least..=most).contains(percent)).map(|percent| percent as u32).ok_or_else(wrong)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
mod tests {
    use super::*;

    fn parse(address: &str) -> Result<Look, String> {
        let pairs: Vec<(String, String)> = url::form_urlencoded::parse(address.as_bytes()).into_owned().collect();
        Look::parse(Format::Png, &pairs)
    }

    #[test]
    fn sizes_are_bounded_and_told_again() {
        let look = parse("theme=dark&width=800&height=&scale=1.5&from=now-6h").unwrap();
        assert_eq!(look, Look { format: Format::Png, dark: true, width: Some(800), height: None, percent: Some(150) });
        assert_eq!(Look::parse(Format::Png, &look.pairs()).unwrap(), look);
        for wrong in ["width=199", "width=4001", "width=-1", "height=1e9", "scale=0", "scale=NaN", "scale=5", "theme=blue"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
