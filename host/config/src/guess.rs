//! What a person most likely meant to write.

/// The choice that `written` is a misspelling of, if one is near enough.
pub fn nearest<'a>(written: &str, choices: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = written.to_lowercase().replace('-', "_");
    // A third of the letters may be wrong; in a short word one, or any two neighbours swapped.
    let allowed = (written.chars().count() / 3).clamp(1, 3);
    let mut best: Option<(usize, &str)> = None;
    for choice in choices {
        let distance = strsim::osa_distance(&folded, &choice.to_lowercase().replace('-', "_"));
        if distance <= allowed && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, choice));
        }
    }
    best.map(|(_, choice)| choice)
}

/// `a`, `b` and `c`; a long list is cut.
pub fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    const SHOWN: usize = 12;
    let quoted: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match quoted.as_slice() {
        [one] => one.clone(),
        [most @ .., last] if quoted.len() <= SHOWN => format!("{} and {last}", most.join(", ")),
        _ => format!("{} and {} more", quoted[..SHOWN.min(quoted.len())].join(", "), quoted.len().saturating_sub(SHOWN)),
    }
}

/// The sentence for a [`nearest`] one.
pub fn did_you_mean(meant: &str) -> String {
    format!("did you mean `{meant}`?")
}

/// "did you mean …?", or else what there is to choose from; none where there is nothing.
pub fn hint(written: &str, choices: &[&str], else_say: &str) -> Option<String> {
    if let Some(meant) = nearest(written, choices.iter().copied()) {
        return Some(did_you_mean(meant));
    }
    if choices.is_empty() { None } else { Some(format!("{else_say} {}", listed(choices.iter().copied()))) }
}

#[cfg(test)]
mod tests {
    use super::{listed, nearest};

    #[test]
    fn misspellings_are_recognised_and_other_words_are_not() {
        let check = |written, expected| assert_eq!(nearest(written, ["query", "title", "data_dir", "to"]), expected, "{written}");
        check("qurey", Some("query"));
        check("Title", Some("title"));
        check("data-dir", Some("data_dir"));
        check("tt", Some("to"));
        check("colour", None);
        check("", None);
    }

    #[test]
    fn lists_read_like_a_sentence() {
        assert_eq!(listed(["a"]), "`a`");
        assert_eq!(listed(["a", "b", "c"]), "`a`, `b` and `c`");
        let many: Vec<String> = (0..20).map(|n| n.to_string()).collect();
        assert!(listed(many.iter().map(String::as_str)).ends_with("`11` and 8 more"));
    }
}
