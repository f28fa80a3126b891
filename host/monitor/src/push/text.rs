//! History as text: Prometheus's format 0.0.4 and OpenMetrics, each line with its time, read as it comes in.
//!
//! Lines of 0.0.4 stand for themselves, so the text is cut anywhere between them. OpenMetrics is judged family by family, so
//! it is cut between families, and each part is closed as a whole text is.

use vitrine_exposition::{Family as Described, Format, Item, Kind, Parser};
use vitrine_model::Millis;
use vitrine_model::labels::NAME;
use vitrine_model::push::Push;
use vitrine_model::sample::{Family, MetricKind};

use super::{FAMILIES, Import, Refusals, SAMPLES, Unreadable, check_room, series};

/// Bytes of one line of 0.0.4, or of one family of OpenMetrics.
const LONGEST_LINE: usize = 1024 * 1024;
const LARGEST_FAMILY: usize = 16 * 1024 * 1024;
const END: &str = "# EOF\n";

/// A text under way.
#[derive(Debug)]
pub struct TextImport {
    format: Format,
    /// When samples were taken whose lines do not say it.
    now: Millis,
    rest: Vec<u8>,
    /// Lines that have been read.
    lines: u32,
    has_ended: bool,
    refused: Refusals,
}

impl TextImport {
    pub fn new(format: Format, now: Millis) -> TextImport {
        TextImport { format, now, rest: Vec::new(), lines: 0, has_ended: false, refused: Refusals::default() }
    }

    /// Prometheus's format, unless the content type says that it is OpenMetrics.
    pub fn of_content_type(kind: &str, now: Millis) -> TextImport {
        TextImport::new(Format::of_content_type(kind).unwrap_or(Format::Prometheus), now)
    }

    /// Where the text can be cut: behind the last whole line or, in OpenMetrics, before the last family that begins.
    fn cut(&self) -> usize {
        let Some(end) = self.rest.iter().rposition(|byte| *byte == b'\n').map(|place| place + 1) else { return 0 };
        match self.format {
            Format::Prometheus => end,
            Format::OpenMetrics => last_family(&self.rest[..end]),
        }
    }

    fn read(&mut self, end: usize, push: &mut Push) -> Result<(), Unreadable> {
        let mut part: Vec<u8> = self.rest.drain(..end).collect();
        let lines = part.iter().filter(|byte| **byte == b'\n').count();
        if self.format == Format::OpenMetrics && !self.has_ended {
            part.extend_from_slice(END.as_bytes());
        }
        let read = self.parse(&part, push);
        self.lines = self.lines.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
        read
    }

    fn parse(&mut self, part: &[u8], push: &mut Push) -> Result<(), Unreadable> {
        let before = self.lines;
        let broken = |error: vitrine_exposition::Error| {
            Unreadable(format!("line {}, column {}: {}", before.saturating_add(error.line), error.column, error.reason))
        };
        let mut parser = Parser::of_bytes(part, self.format).map_err(broken)?;
        loop {
            match parser.next().map_err(broken)? {
                None => return Ok(()),
                Some(Item::Family(family)) if push.families.len() < FAMILIES => push.families.push(described(family)),
                Some(Item::Family(_)) => {}
                Some(Item::Sample(sample)) => {
                    check_room(push.len(), SAMPLES, "samples")?;
                    // What the parser lends ends with this sample.
                    let mut labels: Vec<(&str, &str)> = Vec::with_capacity(sample.labels.len() + 1);
                    labels.push((NAME, sample.name));
                    labels.extend(sample.labels.iter().map(|label| (&*label.name, &*label.value)));
                    if let Some(place) = series(push, &labels, 1, &mut self.refused) {
                        push.sample(place, sample.time.unwrap_or(self.now), sample.value);
                    }
                }
            }
        }
    }
}

impl Import for TextImport {
    fn feed(&mut self, bytes: &[u8], push: &mut Push) -> Result<(), Unreadable> {
        self.rest.extend_from_slice(bytes);
        let end = self.cut();
        if end > 0 {
            self.read(end, push)?;
        }
        let (most, what) = match self.format {
            Format::Prometheus => (LONGEST_LINE, "the line"),
            Format::OpenMetrics => (LARGEST_FAMILY, "the family"),
        };
        if self.rest.len() > most {
            let line = self.lines.saturating_add(1);
            return Err(Unreadable(format!("line {line}, column 1: {what} that begins here has more than {most} bytes")));
        }
        Ok(())
    }

    fn end(&mut self, push: &mut Push) -> Result<(), Unreadable> {
        // The last part brings the text's own end, or is told that there is none.
        self.has_ended = true;
        if self.format == Format::Prometheus && self.rest.is_empty() {
            return Ok(());
        }
        self.read(self.rest.len(), push)
    }

    fn refused(&mut self) -> Refusals {
        std::mem::take(&mut self.refused)
    }
}

/// The place of the last line that describes another family than the lines before it; 0 where there is none.
fn last_family(text: &[u8]) -> usize {
    let (mut place, mut last, mut name) = (0, 0, None);
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        if let Some(described) = family_name(line)
            && name.replace(described).is_some_and(|before| before != described)
        {
            last = place;
        }
        place += line.len();
    }
    last
}

/// The second word after `#`: `# TYPE name counter`.
fn family_name(line: &[u8]) -> Option<&[u8]> {
    line.strip_prefix(b"# ")?.split(|byte| matches!(byte, b' ' | b'\n')).nth(1)
}

fn described(family: &Described<'_>) -> Family {
    let kind = match family.kind {
        Kind::Counter => MetricKind::Counter,
        Kind::Gauge | Kind::Info | Kind::StateSet => MetricKind::Gauge,
        Kind::Histogram | Kind::GaugeHistogram => MetricKind::Histogram,
        Kind::Summary => MetricKind::Summary,
        Kind::Unknown => MetricKind::Unknown,
    };
    Family { name: family.name.to_string(), kind, help: family.help.to_string(), unit: family.unit.to_owned() }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
mod tests {
    use super::*;
    use crate::push::tests::{fed, shown};

    const LOOSE: &str = "# HELP a What a is\n# TYPE a counter\na{x=\"1\"} 1 1000\na 2\n\nb 3 3000";
    const STRICT: &str = "# TYPE a counter\na_total{x=\"1\"} 1 1.5\na_total{x=\"1\"} 2 2.5\n# TYPE h histogram\n\
         h_bucket{le=\"+Inf\"} 1 1\nh_count 1 1\nh_sum 2 1\n# TYPE c gauge\nc 7 3\n# EOF\n";

    #[test]
    fn a_text_is_read_the_same_however_it_is_cut() {
        for (format, text, wanted) in [
            (Format::Prometheus, LOOSE, &[r#"a{x="1"} 1000 1"#, "a 77 2", "b 3000 3"][..]),
            (
                Format::OpenMetrics,
                STRICT,
                &[
                    r#"a_total{x="1"} 1500 1"#,
                    r#"a_total{x="1"} 2500 2"#,
                    r#"h_bucket{le="+Inf"} 1000 1"#,
                    "h_count 1000 1",
                    "h_sum 1000 2",
                    "c 3000 7",
                ],
            ),
        ] {
            for size in 1..=text.len() {
                let push = fed(&mut TextImport::new(format, 77), text.as_bytes(), size).unwrap();
                assert_eq!(shown(&push), wanted, "in parts of {size}");
            }
        }
    }

    #[test]
    fn mistakes_have_a_place() {
        for (format, text, wanted) in [
            (Format::Prometheus, "a 1\nb 2\nc{x=1} 3\n", "line 3, column 5"),
            (Format::OpenMetrics, "# TYPE a gauge\na 1\n# TYPE b gauge\nb 2\n", "line 5, column 1: the text breaks off"),
            (Format::OpenMetrics, "# TYPE a gauge\na 1\n# TYPE b gauge\n\n# EOF\n", "line 4, column 1: the line is empty"),
        ] {
            for size in [1, 7, text.len()] {
                let told = fed(&mut TextImport::new(format, 0), text.as_bytes(), size).unwrap_err().to_string();
                assert!(told.starts_with(wanted), "{size}: {told}");
            }
        }
        let long = vec![b'x'; LONGEST_LINE + 1];
        let told = fed(&mut TextImport::new(Format::Prometheus, 0), &long, long.len()).unwrap_err().to_string();
        assert!(told.contains("the line that begins here"), "{told}");
    }
}
