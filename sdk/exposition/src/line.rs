//! What one line says, in either format. Which line may follow which is not known here.

use std::borrow::Cow;

use crate::cursor::{Cursor, Spaces, unescape};
use crate::error::Mistake;
use crate::item::{Kind, Label};
use crate::number;

/// Letters in an exemplar's labels, names and values together.
const EXEMPLAR_LETTERS: usize = 128;

/// A line that describes a family.
#[derive(Debug)]
pub(crate) struct Description<'a> {
    pub(crate) name: Cow<'a, str>,
    /// Where the name is.
    pub(crate) at: usize,
    pub(crate) part: Part<'a>,
}

#[derive(Debug)]
pub(crate) enum Part<'a> {
    Help(Cow<'a, str>),
    Kind(Kind),
    Unit(&'a str),
}

/// What a line with a value says beside name and labels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading {
    pub(crate) value: f64,
    /// Where the value is.
    pub(crate) at: usize,
    /// Nanoseconds since the Unix epoch.
    pub(crate) time: Option<i128>,
    /// Where the exemplar is.
    pub(crate) exemplar: Option<usize>,
}

/// `# HELP`, `# TYPE` or `# UNIT`, strictly; the line begins with `#`.
pub(crate) fn strict_description(line: &str) -> Result<Description<'_>, Mistake> {
    let mut cursor = Cursor { line, at: 1 };
    let word = if cursor.take(b' ') { cursor.word() } else { "" };
    if !matches!(word, "HELP" | "TYPE" | "UNIT") {
        return Err(Mistake::new(0, "after `#` come HELP, TYPE, UNIT or EOF, and one space before it"));
    }
    space(&mut cursor)?;
    let at = cursor.at;
    let name = described(&mut cursor)?;
    space(&mut cursor)?;
    let rest = cursor.rest();
    let part = match word {
        "HELP" => Part::Help(if rest.contains('\\') { Cow::Owned(unescape(rest, true)) } else { Cow::Borrowed(rest) }),
        "UNIT" => Part::Unit(unit(&cursor, rest)?),
        _ => Part::Kind(Kind::of_word(rest).ok_or_else(|| cursor.mistake(["there is no type `", rest, "`"].concat()))?),
    };
    Ok(Description { name, at, part })
}

fn unit<'a>(cursor: &Cursor<'_>, unit: &'a str) -> Result<&'a str, Mistake> {
    match unit.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':')) {
        true => Ok(unit),
        false => Err(cursor.mistake("a unit has letters, digits, `_` and `:` only")),
    }
}

/// `# HELP` or `# TYPE`; other comments say nothing. The line begins with `#`.
pub(crate) fn loose_description(line: &str, start: usize) -> Result<Option<Description<'_>>, Mistake> {
    let mut cursor = Cursor { line, at: start + 1 };
    let is_comment = !matches!(cursor.peek(), Some(b' ' | b'\t'));
    cursor.blanks();
    let word = cursor.word();
    if is_comment || !matches!(word, "HELP" | "TYPE") {
        return Ok(None);
    }
    cursor.blanks();
    let at = cursor.at;
    let name = described(&mut cursor)?;
    if !cursor.is_at_end() && !matches!(cursor.peek(), Some(b' ' | b'\t')) {
        return Err(cursor.mistake("a metric's name has letters, digits, `_` and `:` only, unless it is in double quotes"));
    }
    cursor.blanks();
    let rest = cursor.rest();
    if word == "HELP" {
        let help = if rest.contains('\\') { Cow::Owned(unescape(rest, false)) } else { Cow::Borrowed(rest) };
        return Ok(Some(Description { name, at, part: Part::Help(help) }));
    }
    let kind = match rest.trim_end_matches([' ', '\t']) {
        "untyped" => Kind::Unknown,
        word => Kind::of_word(word).ok_or_else(|| cursor.mistake(["there is no type `", word, "`"].concat()))?,
    };
    Ok(Some(Description { name, at, part: Part::Kind(kind) }))
}

/// The name of the family that is described.
fn described<'a>(cursor: &mut Cursor<'a>) -> Result<Cow<'a, str>, Mistake> {
    let at = cursor.at;
    let name = if cursor.peek() == Some(b'"') { cursor.quoted()? } else { Cow::Borrowed(cursor.metric_name()) };
    match name.is_empty() {
        true => Err(Mistake::new(at, "a metric's name is missing")),
        false => Ok(name),
    }
}

fn space(cursor: &mut Cursor<'_>) -> Result<(), Mistake> {
    match cursor.take(b' ') {
        true => Ok(()),
        false => Err(cursor.mistake("one space is missing")),
    }
}

/// Name and labels, up to behind the braces.
fn series<'a>(
    cursor: &mut Cursor<'a>,
    name: &mut Cow<'a, str>,
    labels: &mut Vec<Label<'a>>,
    spaces: Spaces,
) -> Result<(), Mistake> {
    let at = cursor.at;
    *name = Cow::Borrowed(cursor.metric_name());
    let end = cursor.at;
    cursor.around(spaces);
    if cursor.take(b'{') {
        cursor.labels(labels, Some(name), spaces)?;
    } else {
        labels.clear();
        // Only what stood between may stand between name and value.
        cursor.at = end;
    }
    match name.is_empty() {
        true => Err(Mistake::new(at, "a metric's name is missing")),
        false => Ok(()),
    }
}

fn value(cursor: &mut Cursor<'_>) -> Result<f64, Mistake> {
    let at = cursor.at;
    let word = cursor.word();
    number::value(word).ok_or_else(|| {
        let reason = if word.is_empty() { "a value is missing".to_owned() } else { ["`", word, "` is not a number"].concat() };
        Mistake::new(at, reason)
    })
}

/// A line with a value, in Prometheus's format.
pub(crate) fn loose_sample<'a>(
    mut cursor: Cursor<'a>,
    name: &mut Cow<'a, str>,
    labels: &mut Vec<Label<'a>>,
) -> Result<Reading, Mistake> {
    series(&mut cursor, name, labels, Spaces::Any)?;
    let is_apart = matches!(cursor.peek(), None | Some(b' ' | b'\t'));
    if !is_apart && cursor.line.as_bytes().get(cursor.at.wrapping_sub(1)).is_none_or(|byte| *byte != b'}') {
        return Err(cursor.mistake("a metric's name has letters, digits, `_` and `:` only, unless it is in double quotes"));
    }
    cursor.blanks();
    let at = cursor.at;
    let value = value(&mut cursor)?;
    cursor.blanks();
    let word = cursor.word();
    let time = match word {
        "" => None,
        word => {
            let time: i64 = word
                .parse()
                .map_err(|_| Mistake::new(cursor.at - word.len(), ["`", word, "` is not a time in milliseconds"].concat()))?;
            Some(i128::from(time) * 1_000_000)
        }
    };
    cursor.blanks();
    match cursor.is_at_end() {
        true => Ok(Reading { value, at, time, exemplar: None }),
        false => Err(cursor.mistake("nothing may follow the time")),
    }
}

/// A line with a value, in OpenMetrics. `exemplar` is room for an exemplar's labels.
pub(crate) fn strict_sample<'a>(
    line: &'a str,
    name: &mut Cow<'a, str>,
    labels: &mut Vec<Label<'a>>,
    exemplar: &mut Vec<Label<'a>>,
) -> Result<Reading, Mistake> {
    let mut cursor = Cursor::new(line);
    series(&mut cursor, name, labels, Spaces::Exact)?;
    if !cursor.take(b' ') {
        return Err(cursor.mistake("one space and a value must follow name and labels"));
    }
    let at = cursor.at;
    let mut reading = Reading { value: value(&mut cursor)?, at, time: None, exemplar: None };
    if cursor.is_at_end() {
        return Ok(reading);
    }
    space(&mut cursor)?;
    if cursor.peek() != Some(b'#') {
        reading.time = Some(time(&mut cursor)?);
        if cursor.is_at_end() {
            return Ok(reading);
        }
        space(&mut cursor)?;
    }
    reading.exemplar = Some(cursor.at);
    read_exemplar(&mut cursor, exemplar)?;
    Ok(reading)
}

fn time(cursor: &mut Cursor<'_>) -> Result<i128, Mistake> {
    let at = cursor.at;
    let word = cursor.word();
    number::nanoseconds(word).ok_or_else(|| Mistake::new(at, ["`", word, "` is not a time in seconds"].concat()))
}

fn read_exemplar<'a>(cursor: &mut Cursor<'a>, labels: &mut Vec<Label<'a>>) -> Result<(), Mistake> {
    let at = cursor.at;
    if !(cursor.take(b'#') && cursor.take(b' ') && cursor.take(b'{')) {
        return Err(cursor.mistake("an exemplar begins with ` # {`"));
    }
    cursor.labels(labels, None, Spaces::Exact)?;
    let letters: usize = labels.iter().map(|label| label.name.chars().count() + label.value.chars().count()).sum();
    if letters > EXEMPLAR_LETTERS {
        return Err(Mistake::new(at, "the labels of an exemplar have more than 128 letters"));
    }
    space(cursor)?;
    value(cursor)?;
    if cursor.is_at_end() {
        return Ok(());
    }
    space(cursor)?;
    time(cursor)?;
    match cursor.is_at_end() {
        true => Ok(()),
        false => Err(cursor.mistake("nothing may follow an exemplar")),
    }
}
