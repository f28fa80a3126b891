//! Matchers in Alertmanager's syntax: `severity = critical`, `{team=~"web|shop", "my label"!="x"}`.
//!
//! Both of its parsers are understood, that of UTF-8 and the classic one: where one of them takes a text, so does this.

use vitrine_model::silence::Condition;

/// All matchers of a text, which may stand in braces.
pub fn parse(text: &str) -> Result<Vec<Condition>, String> {
    let text = text.trim();
    let inside = match text.strip_prefix('{') {
        Some(rest) => rest.strip_suffix('}').ok_or_else(|| format!("`{text}` begins with a brace and does not end with one"))?,
        None => text,
    };
    let parts = split(inside)?;
    let last = parts.len().saturating_sub(1);
    let mut conditions = Vec::new();
    for (place, part) in parts.iter().enumerate() {
        // A comma at the end is no mistake.
        if part.trim().is_empty() && place == last {
            continue;
        }
        conditions.push(one(part.trim())?);
    }
    Ok(conditions)
}

/// At the commas that stand outside quotes.
fn split(text: &str) -> Result<Vec<&str>, String> {
    let mut parts = Vec::new();
    let (mut start, mut is_quoted, mut is_escaped) = (0, false, false);
    for (place, letter) in text.char_indices() {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => {
                parts.push(&text[start..place]);
                start = place + 1;
            }
            _ => {}
        }
    }
    if is_quoted {
        return Err(format!("a quote is not closed in `{text}`"));
    }
    parts.push(&text[start..]);
    Ok(parts)
}

fn one(text: &str) -> Result<Condition, String> {
    let wrong = || format!("`{text}` is not a matcher: write it as `severity = critical` or `team =~ \"web|shop\"`");
    let (name, rest) = match text.strip_prefix('"') {
        Some(_) => {
            let end = quoted_end(text).ok_or_else(wrong)?;
            (unquoted(&text[1..end - 1]), text[end..].trim_start())
        }
        None => {
            let end = text.find(['=', '!', '~']).ok_or_else(wrong)?;
            let name = text[..end].trim_end();
            if name.chars().any(|letter| letter.is_whitespace() || "{}\"'`\\".contains(letter)) {
                return Err(wrong());
            }
            (name.to_owned(), &text[end..])
        }
    };
    let operators = [("=~", true, true), ("!~", true, false), ("!=", false, false), ("=", false, true)];
    let known = operators.into_iter().find_map(|(sign, is_regex, is_equal)| Some((rest.strip_prefix(sign)?, is_regex, is_equal)));
    let (value, is_regex, is_equal) = known.ok_or_else(wrong)?;
    if name.is_empty() {
        return Err(wrong());
    }
    let condition = Condition { name, value: value_of(value.trim()).ok_or_else(wrong)?, is_regex, is_equal };
    condition.matcher()?;
    Ok(condition)
}

/// Just behind the closing quote of a text that begins with one.
fn quoted_end(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    for (place, letter) in text.char_indices().skip(1) {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return Some(place + 1),
            _ => {}
        }
    }
    None
}

fn value_of(text: &str) -> Option<String> {
    if text.starts_with('"') {
        return (quoted_end(text)? == text.len() && text.len() >= 2).then(|| unquoted(&text[1..text.len() - 1]));
    }
    // A quote within has to be escaped, as the classic syntax has it.
    let is_bare = text.char_indices().all(|(place, letter)| letter != '"' || text[..place].ends_with('\\'));
    is_bare.then(|| unquoted(text))
}

/// Escapes that are none stay as they are, so that patterns need not double their backslashes.
fn unquoted(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            made.push(letter);
            continue;
        }
        match letters.next() {
            Some('n') => made.push('\n'),
            Some(escaped @ ('"' | '\\')) => made.push(escaped),
            Some(other) => made.extend(['\\', other]),
            None => made.push('\\'),
        }
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        match parse(text) {
            Ok(conditions) => conditions.iter().map(Condition::to_string).collect::<Vec<_>>().join(" & "),
            Err(reason) => format!("! {reason}"),
        }
    }

    #[test]
    fn both_syntaxes_are_understood() {
        for (text, wanted) in [
            ("foo=bar", r#"foo="bar""#),
            (" foo = \"bar\" ", r#"foo="bar""#),
            ("{foo=bar, baz!=qux,}", r#"foo="bar" & baz!="qux""#),
            ("foo=~\"warning|critical\"", r#"foo=~"warning|critical""#),
            ("foo=~[a-z]{2}", r#"foo=~"[a-z]{2}""#),
            ("foo!~^x.*$", r#"foo!~"^x.*$""#),
            ("foo=", r#"foo="""#),
            ("foo=\"\"", r#"foo="""#),
            ("foo=bar baz", r#"foo="bar baz""#),
            (r#"foo="a,b=c""#, r#"foo="a,b=c""#),
            (r#"foo=~"\d+\.\d+""#, r#"foo=~"\\d+\\.\\d+""#),
            (r#"foo="a\"b\\c\nd""#, r#"foo="a\"b\\c\nd""#),
            (r#""my label"="x""#, r#""my label"="x""#),
            ("größe=1", r#""größe"="1""#),
            ("foo==bar", r#"foo="=bar""#),
            ("", ""),
            ("{}", ""),
        ] {
            assert_eq!(read(text), wanted, "{text}");
        }
    }

    #[test]
    fn what_is_none_is_told_so() {
        for text in ["foo", "=bar", "{foo=bar", "foo=\"bar", "foo=ba\"r", "foo=~\"(\"", ",foo=bar", "fo o=bar", "foo~bar"] {
            assert!(read(text).starts_with("! "), "{text}: {}", read(text));
        }
    }
}
