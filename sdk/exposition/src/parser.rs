//! Goes over a text, line by line, and lends out what it finds.

use std::borrow::Cow;

use crate::cursor::Cursor;
use crate::error::{Error, Mistake};
use crate::item::{Family, Item, Label, Sample};
use crate::line::{self, Description, Part, Reading};
use crate::strict::Strict;
use crate::{Format, number};

/// Reads one text. What it lends lives until it is asked again.
#[derive(Debug)]
pub struct Parser<'a> {
    format: Format,
    rest: &'a str,
    /// The number of the line read last.
    number: u32,
    /// What is known of the family that is being described.
    open: Family<'a>,
    /// Whether there is something in it that nobody was told.
    is_new: bool,
    /// The family handed out last.
    told: Family<'a>,
    name: Cow<'a, str>,
    labels: Vec<Label<'a>>,
    exemplar: Vec<Label<'a>>,
    /// A sample that waits until its family, or the one before, is handed out.
    waiting: Option<Reading>,
    strict: Strict,
    has_ended: bool,
}

enum Step {
    Family,
    Sample(Reading),
    End,
}

impl<'a> Parser<'a> {
    pub fn new(text: &'a str, format: Format) -> Parser<'a> {
        Parser {
            format,
            rest: text,
            number: 0,
            open: Family::default(),
            is_new: false,
            told: Family::default(),
            name: Cow::Borrowed(""),
            labels: Vec::new(),
            exemplar: Vec::new(),
            waiting: None,
            strict: Strict::default(),
            has_ended: false,
        }
    }

    /// Both formats are UTF-8: other bytes are a mistake, with its place.
    pub fn of_bytes(bytes: &'a [u8], format: Format) -> Result<Parser<'a>, Error> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Parser::new(text, format)),
            Err(error) => {
                let sound = std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default();
                let lines = sound.bytes().filter(|byte| *byte == b'\n').count();
                let last = sound.rsplit('\n').next().unwrap_or_default();
                let number = u32::try_from(lines).unwrap_or(u32::MAX).saturating_add(1);
                Err(Mistake::new(last.len(), "the bytes are not UTF-8").in_line(number, last))
            }
        }
    }

    /// The next piece; nothing at the end of the text. After an error there is nothing more.
    #[expect(clippy::should_implement_trait, reason = "what it gives is lent: an iterator cannot")]
    pub fn next(&mut self) -> Result<Option<Item<'_, 'a>>, Error> {
        if self.has_ended {
            return Ok(None);
        }
        let step = self.step();
        self.has_ended = !matches!(step, Ok(Step::Family | Step::Sample(_)));
        Ok(match step? {
            Step::Family => Some(Item::Family(&self.told)),
            Step::Sample(Reading { value, time, .. }) => {
                Some(Item::Sample(Sample { name: &self.name, labels: &self.labels, value, time: time.map(number::milliseconds) }))
            }
            Step::End => None,
        })
    }

    /// The line of what was handed out last, or of the last line read.
    pub fn line(&self) -> u32 {
        self.number
    }

    fn step(&mut self) -> Result<Step, Error> {
        if let Some(reading) = self.waiting.take() {
            // It may wait for the family before its own, and then for its own.
            return Ok(self.tell().map_or(Step::Sample(reading), |step| {
                self.waiting = Some(reading);
                step
            }));
        }
        match self.format {
            Format::Prometheus => self.loose(),
            Format::OpenMetrics => self.strict(),
        }
    }

    /// Hands out the open family where it has something new.
    fn tell(&mut self) -> Option<Step> {
        self.is_new.then(|| {
            self.is_new = false;
            self.told.clone_from(&self.open);
            Step::Family
        })
    }

    fn line_after(&mut self) -> Option<(&'a str, bool)> {
        if self.rest.is_empty() {
            return None;
        }
        self.number = self.number.saturating_add(1);
        let end = self.rest.find('\n');
        let line = &self.rest[..end.unwrap_or(self.rest.len())];
        self.rest = &self.rest[end.map_or(self.rest.len(), |end| end + 1)..];
        Some((line, end.is_some()))
    }

    fn loose(&mut self) -> Result<Step, Error> {
        while let Some((line, _)) = self.line_after() {
            let mut cursor = Cursor::new(line);
            cursor.blanks();
            match cursor.peek() {
                None => {}
                Some(b'#') => {
                    let description =
                        line::loose_description(line, cursor.at).map_err(|mistake| mistake.in_line(self.number, line))?;
                    if let Some(step) = description.and_then(|description| self.describe(description)) {
                        return Ok(step);
                    }
                }
                Some(_) => {
                    let reading = line::loose_sample(cursor, &mut self.name, &mut self.labels);
                    let reading = reading.map_err(|mistake| mistake.in_line(self.number, line))?;
                    return Ok(self.after_family(reading));
                }
            }
        }
        Ok(self.tell().unwrap_or(Step::End))
    }

    fn strict(&mut self) -> Result<Step, Error> {
        while let Some((line, is_whole)) = self.line_after() {
            let number = self.number;
            let in_line = |mistake: Mistake| mistake.in_line(number, line);
            if self.strict.is_over() {
                return Err(in_line(Mistake::new(0, "nothing may follow `# EOF`")));
            }
            if line.starts_with('#') {
                if line == "# EOF" {
                    self.strict.end(number)?;
                    continue;
                }
                let description = line::strict_description(line).map_err(in_line)?;
                self.strict.describe(&description, &self.open.name, number, line)?;
                if let Some(step) = self.describe(description) {
                    return Ok(step);
                }
                continue;
            }
            if line.is_empty() {
                return Err(in_line(Mistake::new(0, "the line is empty")));
            }
            let reading = line::strict_sample(line, &mut self.name, &mut self.labels, &mut self.exemplar).map_err(in_line)?;
            if !is_whole {
                return Err(in_line(Mistake::new(line.len(), "the text breaks off: `# EOF` is missing")));
            }
            return self.judge(reading, number, line);
        }
        if !self.strict.is_over() {
            let number = self.number.saturating_add(1);
            return Err(Mistake::new(0, "the text breaks off: `# EOF` is missing").in_line(number, ""));
        }
        Ok(self.tell().unwrap_or(Step::End))
    }

    /// Holds a sample against its family; one of another name begins a family that nobody described.
    fn judge(&mut self, reading: Reading, number: u32, line: &str) -> Result<Step, Error> {
        let ending = self.strict.ending(&self.open, &self.name);
        let told = if ending.is_none() { self.tell() } else { None };
        if ending.is_none() {
            self.open = Family { name: self.name.clone(), ..Family::default() };
        }
        self.strict.sample(&self.open, ending, &self.labels, &reading, number, line)?;
        Ok(match told {
            Some(step) => {
                self.waiting = Some(reading);
                step
            }
            None => self.after_family(reading),
        })
    }

    fn after_family(&mut self, reading: Reading) -> Step {
        match self.tell() {
            Some(step) => {
                self.waiting = Some(reading);
                step
            }
            None => Step::Sample(reading),
        }
    }

    /// Adds to the open family, or opens the next; the one before is handed out if nobody was told of it.
    fn describe(&mut self, description: Description<'a>) -> Option<Step> {
        let told = if self.open.name == description.name { None } else { self.tell() };
        if self.open.name != description.name {
            self.open = Family { name: description.name, ..Family::default() };
        }
        match description.part {
            Part::Help(help) => self.open.help = help,
            Part::Kind(kind) => self.open.kind = kind,
            Part::Unit(unit) => self.open.unit = unit,
        }
        self.is_new = true;
        told
    }
}
