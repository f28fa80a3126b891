//! Strings in quotes, as Go writes them.

/// What a string in quotes says; `None` where an escape is none.
pub(super) fn unquote(quoted: &str) -> Option<String> {
    let quote = quoted.chars().next()?;
    let inner = quoted.get(1..quoted.len().checked_sub(1)?)?;
    if quote == '`' {
        return Some(inner.replace('\r', ""));
    }
    if !inner.contains('\\') {
        return Some(inner.to_owned());
    }
    let mut bytes = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(place) = rest.find('\\') {
        bytes.extend_from_slice(&rest.as_bytes()[..place]);
        rest = escape(&rest[place + 1..], quote, &mut bytes)?;
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8(bytes).map_or_else(|error| Some(String::from_utf8_lossy(error.as_bytes()).into_owned()), Some)
}

/// Writes what an escape stands for, and gives what comes after it.
fn escape<'a>(text: &'a str, quote: char, bytes: &mut Vec<u8>) -> Option<&'a str> {
    let letter = text.chars().next()?;
    let simple = match letter {
        'a' => 7,
        'b' => 8,
        'f' => 12,
        'n' => b'\n',
        'r' => b'\r',
        't' => b'\t',
        'v' => 11,
        '\\' => b'\\',
        _ if letter == quote => u8::try_from(letter).ok()?,
        'x' => return byte(text, 1, 2, 16, bytes),
        '0'..='7' => return byte(text, 0, 3, 8, bytes),
        'u' => return scalar(text, 4, bytes),
        'U' => return scalar(text, 8, bytes),
        _ => return None,
    };
    bytes.push(simple);
    text.get(1..)
}

fn byte<'a>(text: &'a str, skip: usize, digits: usize, radix: u32, bytes: &mut Vec<u8>) -> Option<&'a str> {
    bytes.push(u8::try_from(u32::from_str_radix(text.get(skip..skip + digits)?, radix).ok()?).ok()?);
    text.get(skip + digits..)
}

fn scalar<'a>(text: &'a str, digits: usize, bytes: &mut Vec<u8>) -> Option<&'a str> {
    let letter = char::from_u32(u32::from_str_radix(text.get(1..=digits)?, 16).ok()?)?;
    bytes.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
    text.get(digits + 1..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_those_of_go() {
        assert_eq!(unquote(r#""a\n\t\"\\\x41\101\u00e9\U0001F600""#).as_deref(), Some("a\n\t\"\\AAé😀"));
        assert_eq!(unquote(r"'it\'s'").as_deref(), Some("it's"));
        assert_eq!(unquote(r"`a\n`").as_deref(), Some(r"a\n"));
        assert_eq!(unquote(r#""\'""#), None);
        assert_eq!(unquote(r#""\q""#), None);
        assert_eq!(unquote(r#""\x4""#), None);
        assert_eq!(unquote("\"\\u00\u{e9}\""), None);
        assert_eq!(unquote("''").as_deref(), Some(""));
    }
}
