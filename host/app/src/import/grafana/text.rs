//! Texts with variables: what Grafana writes otherwise than we do.

/// `[[name]]` and `${name.text}` as `${name}`; formats that change nothing here are left out.
pub fn variables(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("[[") {
        let inner = &rest[at + 2..];
        let name = inner.split_once("]]").map(|(name, _)| name).filter(|name| {
            let (name, format) = name.split_once(':').unwrap_or((name, ""));
            is_name(name) && (format.is_empty() || is_name(format))
        });
        out.push_str(&rest[..at]);
        match name {
            Some(name) => {
                out.push_str(&format!("${{{name}}}"));
                rest = &inner[name.len() + 2..];
            }
            None => {
                out.push_str("[[");
                rest = inner;
            }
        }
    }
    out.push_str(rest);
    for format in [":raw}", ":glob}", ":text}", ".text}", ":distributed}", ".value}"] {
        out = out.replace(format, "}");
    }
    for format in [":singlequote}", ":doublequote}"] {
        out = out.replace(format, ":csv}");
    }
    automatic(&out.replace(":queryparam}", ":url}"))
}

/// `$__auto_interval_step` and `$__auto` are the step that we choose.
fn automatic(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("$__auto") {
        out.push_str(&rest[..at]);
        out.push_str("$__interval");
        let after = &rest[at + "$__auto".len()..];
        rest = after.trim_start_matches(|letter: char| letter.is_ascii_alphanumeric() || letter == '_');
    }
    out.push_str(rest);
    out.replace("${__auto}", "$__interval")
}

pub fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

/// `1M`, `1y` and decimals are Grafana's; ours have whole weeks and days.
pub fn span(text: &str) -> String {
    match text.strip_suffix('M').and_then(|months| months.parse::<u32>().ok()) {
        Some(months) => format!("{}d", months.saturating_mul(30)),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_written_our_way() {
        assert_eq!(variables("a [[job]] [[ x ]] [[job:regex]] ${job:raw}"), "a ${job} [[ x ]] ${job:regex} ${job}");
        assert_eq!(variables("rate(x[$__auto_interval_step])"), "rate(x[$__interval])");
        assert_eq!((span("1M"), span("6h")), ("30d".to_owned(), "6h".to_owned()));
    }
}
