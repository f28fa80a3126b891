//! `printf`, `print` and `println` as Go's `fmt` has them, mismatches included: `%!d(string=x)`.

use super::number;
use super::value::Value;

/// Widths and precisions; Go allows a million, nobody needs so many.
const WIDEST: usize = 1_000;

/// `print`: a space between two values of which neither is a text.
pub(super) fn print(values: &[Value]) -> String {
    let mut made = String::new();
    for (place, value) in values.iter().enumerate() {
        let is_text = |value: &Value| matches!(value, Value::Text(_));
        if place > 0 && !is_text(value) && !is_text(&values[place - 1]) {
            made.push(' ');
        }
        made.push_str(&shown(value));
    }
    made
}

/// `println`: a space between all, and a new line.
pub(super) fn println(values: &[Value]) -> String {
    values.iter().map(shown).collect::<Vec<_>>().join(" ") + "\n"
}

fn shown(value: &Value) -> String {
    if *value == Value::Nil { "<nil>".to_owned() } else { value.shown() }
}

#[derive(Debug, Default, Clone, Copy)]
struct Flags {
    minus: bool,
    plus: bool,
    sharp: bool,
    space: bool,
    zero: bool,
    width: Option<usize>,
    precision: Option<usize>,
}

struct Print<'a> {
    values: &'a [Value],
    next: usize,
    made: String,
    /// Whether it says itself which value comes next: then none is one too many.
    jumps: bool,
}

pub(super) fn printf(format: &str, values: &[Value]) -> String {
    let mut print = Print { values, next: 0, made: String::new(), jumps: false };
    let mut rest = format;
    while let Some((before, after)) = rest.split_once('%') {
        print.made.push_str(before);
        rest = print.verb(after);
    }
    print.made.push_str(rest);
    if print.next < values.len() && !print.jumps {
        let extra: Vec<String> =
            values[print.next..].iter().map(|value| format!("{}={}", value.type_name(), shown(value))).collect();
        print.made.push_str(&format!("%!(EXTRA {})", extra.join(", ")));
    }
    print.made
}

impl Print<'_> {
    fn take(&mut self) -> Option<Value> {
        let value = self.values.get(self.next).cloned();
        self.next += usize::from(value.is_some());
        value
    }

    /// A number of the format, or `*`: then the next value says it.
    fn size<'t>(&mut self, text: &'t str) -> (Option<i64>, &'t str) {
        if let Some(rest) = text.strip_prefix('*') {
            let size = self.take().and_then(|value| value.whole().ok());
            if size.is_none() {
                self.made.push_str("%!(BADWIDTH)");
            }
            return (size, rest);
        }
        let rest = text.trim_start_matches(|letter: char| letter.is_ascii_digit());
        (text[..text.len() - rest.len()].parse().ok(), rest)
    }

    /// One verb; what comes after it is left.
    fn verb<'t>(&mut self, text: &'t str) -> &'t str {
        let (mut flags, rest) = flags(text);
        let (width, mut rest) = self.size(rest);
        flags.minus |= width.is_some_and(|width| width < 0);
        let bounded = |size: i64| usize::try_from(size.unsigned_abs()).unwrap_or(WIDEST).min(WIDEST);
        flags.width = width.map(bounded);
        flags.zero &= !flags.minus;
        if let Some(after) = rest.strip_prefix('.') {
            let precision;
            (precision, rest) = self.size(after);
            flags.precision = Some(precision.map_or(0, bounded));
        }
        if let Some((place, after)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            self.next = place.parse::<usize>().map_or(usize::MAX, |place| place.wrapping_sub(1));
            self.jumps = true;
            rest = after;
        }
        let Some(verb) = rest.chars().next() else {
            self.made.push_str("%!(NOVERB)");
            return rest;
        };
        let rest = &rest[verb.len_utf8()..];
        if verb == '%' {
            self.made.push('%');
        } else if let Some(value) = self.take() {
            let text = write(verb, &value, flags);
            self.made.push_str(&text);
        } else {
            let reason = if self.jumps { "BADINDEX" } else { "MISSING" };
            self.made.push_str(&format!("%!{verb}({reason})"));
        }
        rest
    }
}

/// The flags at the beginning of a verb.
fn flags(text: &str) -> (Flags, &str) {
    let rest = text.trim_start_matches(['+', '-', '#', ' ', '0']);
    let has = |letter: char| text[..text.len() - rest.len()].contains(letter);
    let flags = Flags { plus: has('+'), minus: has('-'), sharp: has('#'), space: has(' '), zero: has('0'), ..Flags::default() };
    (flags, rest)
}

fn write(verb: char, value: &Value, flags: Flags) -> String {
    let bad = || format!("%!{verb}({}={})", value.type_name(), shown(value));
    if verb == 'T' {
        return pad(value.type_name().to_owned(), flags, false);
    }
    match value {
        Value::Nil if verb == 'v' => pad("<nil>".to_owned(), flags, false),
        Value::Nil => format!("%!{verb}(<nil>)"),
        Value::Bool(value) if matches!(verb, 't' | 'v') => pad(value.to_string(), flags, false),
        Value::Int(value) => integer(verb, *value, flags).unwrap_or_else(bad),
        Value::Float(value) => float(verb, *value, flags).unwrap_or_else(bad),
        Value::Duration(nanos) if !matches!(verb, 'v' | 's') => integer(verb, *nanos, flags).unwrap_or_else(bad),
        Value::Text(_) | Value::Time(_) | Value::Duration(_) => text(verb, &value.shown(), flags).unwrap_or_else(bad),
        Value::Map(_) | Value::Data(_) | Value::List(_) | Value::Series(_) if matches!(verb, 'v' | 's') => {
            pad(value.shown(), flags, false)
        }
        _ => bad(),
    }
}

fn integer(verb: char, value: i64, flags: Flags) -> Option<String> {
    let letter = || u32::try_from(value).ok().and_then(char::from_u32).unwrap_or('\u{fffd}');
    let size = value.unsigned_abs();
    let (prefix, mut digits) = match verb {
        'd' | 'v' => ("", size.to_string()),
        'b' => (if flags.sharp { "0b" } else { "" }, format!("{size:b}")),
        'o' => (if flags.sharp { "0" } else { "" }, format!("{size:o}")),
        'O' => ("0o", format!("{size:o}")),
        'x' => (if flags.sharp { "0x" } else { "" }, format!("{size:x}")),
        'X' => (if flags.sharp { "0X" } else { "" }, format!("{size:X}")),
        'c' => return Some(pad(letter().to_string(), flags, false)),
        'q' => return Some(pad(format!("'{}'", letter().escape_default()), flags, false)),
        'U' => return Some(pad(format!("U+{size:04X}"), flags, false)),
        _ => return None,
    };
    if let Some(precision) = flags.precision {
        digits = format!("{digits:0>precision$}");
    }
    let flags = Flags { zero: flags.zero && flags.precision.is_none(), ..flags };
    Some(signed(value < 0, &format!("{prefix}{digits}"), flags))
}

fn float(verb: char, value: f64, flags: Flags) -> Option<String> {
    let text = match verb {
        'v' => number::general(value, flags.precision, false),
        'g' | 'G' => number::general(value, flags.precision, flags.sharp),
        'e' | 'E' => number::scientific(value, flags.precision.unwrap_or(6)),
        'f' | 'F' => number::fixed(value, flags.precision.unwrap_or(6)),
        _ => return None,
    };
    let text = if matches!(verb, 'E' | 'G') { text.to_uppercase().replace("INF", "Inf").replace("NAN", "NaN") } else { text };
    let flags = Flags { zero: flags.zero && value.is_finite(), ..flags };

    Some(signed(text.starts_with('-'), text.trim_start_matches(['-', '+']), with_infinity(flags, value)))
}

/// Go writes `+Inf` with its sign, whatever the flags say.
fn with_infinity(flags: Flags, value: f64) -> Flags {
    Flags { plus: flags.plus || value == f64::INFINITY, ..flags }
}

/// A number with its sign, which stands before zeros.
fn signed(is_negative: bool, digits: &str, flags: Flags) -> String {
    let sign = match (is_negative, flags.plus, flags.space) {
        (true, ..) => "-",
        (_, true, _) => "+",
        (_, _, true) => " ",
        _ => "",
    };
    if flags.zero {
        let width = flags.width.unwrap_or(0).saturating_sub(sign.len());
        return format!("{sign}{digits:0>width$}");
    }
    pad(format!("{sign}{digits}"), flags, false)
}

fn text(verb: char, text: &str, flags: Flags) -> Option<String> {
    let cut: String = flags.precision.map_or_else(|| text.to_owned(), |most| text.chars().take(most).collect());
    let hex = |upper: bool| {
        let bytes = text.bytes().take(flags.precision.unwrap_or(usize::MAX));
        bytes.map(|byte| if upper { format!("{byte:02X}") } else { format!("{byte:02x}") }).collect::<String>()
    };
    let made = match verb {
        's' | 'v' => cut,
        'q' => quoted(&cut),
        'x' => hex(false),
        'X' => hex(true),
        _ => return None,
    };
    Some(pad(made, flags, flags.zero))
}

/// `strconv.Quote`.
pub(super) fn quoted(text: &str) -> String {
    let mut made = String::from('"');
    for letter in text.chars() {
        match letter {
            '"' => made.push_str("\\\""),
            '\\' => made.push_str("\\\\"),
            '\n' => made.push_str("\\n"),
            '\t' => made.push_str("\\t"),
            '\r' => made.push_str("\\r"),
            '\u{7}' => made.push_str("\\a"),
            '\u{8}' => made.push_str("\\b"),
            '\u{b}' => made.push_str("\\v"),
            '\u{c}' => made.push_str("\\f"),
            _ if u32::from(letter) < 0x20 || u32::from(letter) == 0x7f => {
                made.push_str(&format!("\\x{:02x}", u32::from(letter)));
            }
            _ => made.push(letter),
        }
    }
    made + "\""
}

fn pad(text: String, flags: Flags, zero: bool) -> String {
    let missing = flags.width.unwrap_or(0).saturating_sub(text.chars().count());
    if missing == 0 {
        return text;
    }
    match (flags.minus, zero) {
        (true, _) => text + &" ".repeat(missing),
        (_, true) => "0".repeat(missing) + &text,
        _ => " ".repeat(missing) + &text,
    }
}
