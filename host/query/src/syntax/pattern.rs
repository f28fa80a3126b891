//! Regular expressions, read as Go reads them where Rust's differ, and bounded.

use vitrine_model::matcher::anchored;

use crate::QueryError;

/// A pattern may grow to megabytes when compiled.
const BYTES: usize = 1024;

/// Compiles a pattern that must match the whole value.
pub(super) fn pattern(text: &str) -> Result<regex::Regex, QueryError> {
    if text.len() > BYTES {
        return Err(QueryError::Limit(format!("a pattern has {} bytes, {BYTES} are allowed", text.len())));
    }
    let compiled = match anchored(text) {
        Err(regex::Error::Syntax(reason)) => anchored(&mended(text)).map_err(|error| match error {
            regex::Error::Syntax(_) => regex::Error::Syntax(reason),
            other => other,
        }),
        compiled => compiled,
    };
    compiled.map_err(|error| match error {
        regex::Error::Syntax(reason) => {
            let last = reason.lines().last().unwrap_or("").trim_start_matches("error: ");
            QueryError::from(format!("invalid regular expression `{text}`: {last}"))
        }
        _ => QueryError::Limit(format!("the pattern `{text}` is too large: repeat or list less in it")),
    })
}

/// Go takes braces that repeat nothing for themselves.
fn mended(text: &str) -> String {
    let mut mended = String::with_capacity(text.len() + 8);
    let mut rest = text;
    while let Some(place) = rest.find(['\\', '{', '}']) {
        mended.push_str(&rest[..place]);
        let here = &rest[place..];
        let taken = if here.starts_with('\\') { escape_length(here) } else { repetition_length(here) };
        match taken {
            Some(length) => {
                mended.push_str(&here[..length]);
                rest = &here[length..];
            }
            None => {
                mended.push('\\');
                mended.push_str(&here[..1]);
                rest = &here[1..];
            }
        }
    }
    mended + rest
}

/// An escape with what belongs to it: `\p{Greek}`, `\x{1F600}`, `\{`.
fn escape_length(text: &str) -> Option<usize> {
    let letter = text[1..].chars().next()?;
    let simple = 1 + letter.len_utf8();
    if matches!(letter, 'p' | 'P' | 'x') && text[simple..].starts_with('{') {
        return text.find('}').map(|end| end + 1);
    }
    Some(simple)
}

/// `{2}`, `{2,}`, `{2,3}`.
fn repetition_length(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('{')?;
    let end = inner.find('}')?;
    let (least, most) = inner[..end].split_once(',').unwrap_or((&inner[..end], ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    (!least.is_empty() && is_number(least) && is_number(most)).then_some(end + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_that_repeat_nothing_are_themselves() {
        for (text, mended_text) in [
            ("a{2}", "a{2}"),
            ("a{2,}b{1,3}", "a{2,}b{1,3}"),
            ("{job}", r"\{job\}"),
            ("a{,3}", r"a\{,3\}"),
            (r"\{x\}", r"\{x\}"),
            (r"\p{Greek}{", r"\p{Greek}\{"),
            ("\\", "\\\\"),
        ] {
            assert_eq!(mended(text), mended_text, "{text}");
        }
        assert!(pattern("/api/{id}").unwrap_or_else(|_| unreachable!()).is_match("/api/{id}"));
        assert!(matches!(pattern("("), Err(QueryError::Syntax(_))));
        assert!(matches!(pattern(r"\w{100}"), Err(QueryError::Limit(_))));
    }
}
