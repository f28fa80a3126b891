//! Texts with variables in them: `$host`, `${host}`, `${host:csv}`. A `$$` before a name is a dollar.

use std::ops::Range;

use crate::dashboard::values::Values;

/// A text that may use variables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Template {
    text: String,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    Text(Range<usize>),
    /// The dollar of a `$$`.
    Dollar,
    Use(Use),
}

/// One place where a variable stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    pub name: String,
    pub format: Format,
    /// Bytes of the text.
    pub place: Range<usize>,
}

/// How several values are written, and what is escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// What the place wants: `a, b` in a title, a pattern in a matcher.
    #[default]
    Usual,
    /// `(a|b)`, each escaped for a regular expression.
    Regex,
    /// `a,b`
    Csv,
    /// `a|b`
    Pipe,
    /// `["a","b"]`, or `"a"`
    Json,
    /// Escaped for an address.
    Url,
    /// `'a','b'`, with quotes doubled, for SQL.
    SqlString,
}

impl Format {
    const WORDS: [(&'static str, Format); 8] = [
        ("regex", Format::Regex),
        ("csv", Format::Csv),
        ("pipe", Format::Pipe),
        ("json", Format::Json),
        ("url", Format::Url),
        ("percentencode", Format::Url),
        ("sqlstring", Format::SqlString),
        ("text", Format::Usual),
    ];

    fn parse(word: &str) -> Option<Format> {
        Format::WORDS.into_iter().find_map(|(known, format)| (known == word).then_some(format))
    }

    pub fn words() -> impl Iterator<Item = &'static str> {
        Format::WORDS.into_iter().map(|(word, _)| word)
    }
}

/// A format that there is not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no format `{0}` for variables")]
pub struct UnknownFormat(pub String);

impl Template {
    /// A dollar that no name follows stays a dollar: patterns end with one.
    pub fn parse(text: &str) -> Result<Template, UnknownFormat> {
        let mut parts = Vec::new();
        let mut plain = 0;
        let mut at = 0;
        while let Some(found) = text[at..].find('$') {
            let start = at + found;
            let after = &text[start + 1..];
            let Some((part, length)) = after_dollar(after, start)? else {
                at = start + 1;
                continue;
            };
            parts.push(Part::Text(plain..start));
            parts.push(part);
            at = start + 1 + length;
            plain = at;
        }
        parts.push(Part::Text(plain..text.len()));
        parts.retain(|part| !matches!(part, Part::Text(range) if range.is_empty()));
        Ok(Template { text: text.to_owned(), parts })
    }

    /// As written.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn parts(&self) -> &[Part] {
        &self.parts
    }

    pub fn uses(&self) -> impl Iterator<Item = &Use> {
        self.parts.iter().filter_map(|part| match part {
            Part::Use(used) => Some(used),
            Part::Text(_) | Part::Dollar => None,
        })
    }

    /// Whether it says the same whatever the variables are.
    pub fn is_plain(&self) -> bool {
        self.uses().next().is_none()
    }

    /// The text for people; a variable that is not known stays as it was written.
    pub fn fill(&self, values: &Values) -> String {
        self.fill_with(values, &|text| text.to_owned())
    }

    /// As [`Template::fill`], with each value escaped for the place it goes to.
    pub fn fill_with(&self, values: &Values, escape: &dyn Fn(&str) -> String) -> String {
        let mut filled = String::new();
        for part in &self.parts {
            match part {
                Part::Text(range) => filled.push_str(&self.text[range.clone()]),
                Part::Dollar => filled.push('$'),
                Part::Use(used) => match values.get(&used.name) {
                    Some(value) => filled.push_str(&escape(&used.format.write(value.values()))),
                    None => filled.push_str(&self.text[used.place.clone()]),
                },
            }
        }
        filled
    }
}

/// What a dollar begins, and how long that is; nothing where it is only a dollar.
fn after_dollar(after: &str, start: usize) -> Result<Option<(Part, usize)>, UnknownFormat> {
    if let Some(rest) = after.strip_prefix('$') {
        return Ok(rest.starts_with(|first: char| first == '{' || is_first(first)).then_some((Part::Dollar, 1)));
    }
    let Some(inner) = after.strip_prefix('{') else {
        let length = name_length(after);
        let used = Use { name: after[..length].to_owned(), format: Format::Usual, place: start..start + 1 + length };
        return Ok((length > 0).then_some((Part::Use(used), length)));
    };
    let name = &inner[..name_length(inner)];
    let Some(end) = inner.find('}').filter(|_| !name.is_empty()) else { return Ok(None) };
    let format = match &inner[name.len()..end] {
        "" => Format::Usual,
        rest => {
            let word = rest.strip_prefix(':').ok_or_else(|| UnknownFormat(rest.to_owned()))?;
            Format::parse(word).ok_or_else(|| UnknownFormat(word.to_owned()))?
        }
    };
    let length = end + 2;
    Ok(Some((Part::Use(Use { name: name.to_owned(), format, place: start..start + 1 + length }), length)))
}

fn is_first(letter: char) -> bool {
    letter.is_ascii_alphabetic() || letter == '_'
}

fn name_length(text: &str) -> usize {
    if !text.starts_with(is_first) {
        return 0;
    }
    text.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(text.len())
}

impl Format {
    /// Values as one text.
    pub fn write(self, values: &[String]) -> String {
        match self {
            Format::Usual => values.join(", "),
            Format::Regex => pattern(values),
            Format::Csv => values.join(","),
            Format::Pipe => values.join("|"),
            Format::Json => match values {
                [one] => serde_json::Value::from(one.as_str()).to_string(),
                several => serde_json::Value::from(several).to_string(),
            },
            Format::Url => {
                let one = |value: &String| url::form_urlencoded::byte_serialize(value.as_bytes()).collect::<String>();
                values.iter().map(one).collect::<Vec<_>>().join(",").replace('+', "%20")
            }
            Format::SqlString => {
                values.iter().map(|value| format!("'{}'", value.replace('\'', "''"))).collect::<Vec<_>>().join(",")
            }
        }
    }
}

/// The values as alternatives of a regular expression; no value at all matches nothing but the empty text.
pub(crate) fn pattern(values: &[String]) -> String {
    let escaped: Vec<String> = values.iter().map(|value| escape(value)).collect();
    match escaped.as_slice() {
        [one] => one.clone(),
        several => format!("({})", several.join("|")),
    }
}

fn escape(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for letter in value.chars() {
        if r"\.+*?()|[]{}^$#&-~".contains(letter) {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
mod tests {
    use super::*;
    use crate::dashboard::values::Value;

    fn values() -> Values {
        let mut values = Values::default();
        values.set("host", Value::of(["a.b", "c'd"]));
        values.set("x", Value::of(["1"]));
        values
    }

    #[test]
    fn variables_are_found_and_dollars_stay() {
        let check = |text: &str, expected: &str| assert_eq!(Template::parse(text).unwrap().fill(&values()), expected, "{text}");
        check("CPU of $host", "CPU of a.b, c'd");
        check("${x}th $x_y $x.", "1th $x_y 1.");
        check("costs 5$, $5, $", "costs 5$, $5, $");
        check("$$x is ${x}; ${ x}; ${x", "$x is 1; ${ x}; ${x");
        check("${host:csv} ${host:pipe}", "a.b,c'd a.b|c'd");
        check("${host:json} ${x:json}", r#"["a.b","c'd"] "1""#);
        check("${host:regex} ${x:regex}", r"(a\.b|c'd) 1");
        check("${host:sqlstring}", "'a.b','c''d'");
        check("${host:url}", "a.b,c%27d");
        assert_eq!(Template::parse("${host:loud}"), Err(UnknownFormat("loud".to_owned())));
        assert!(Template::parse("no $ at all$").unwrap().is_plain());
    }
}
