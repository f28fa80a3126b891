//! Patterns with `*` for any text and `?` for any one character.

pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut at, mut place) = (0, 0);
    // Where the last star was, and how much of the text it covers so far.
    let mut star: Option<(usize, usize)> = None;
    while place < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, place));
                at += 1;
            }
            Some(wanted) if *wanted == b'?' || *wanted == text[place] => {
                at += 1;
                place += 1;
            }
            _ => {
                let Some((position, covered)) = star else { return false };
                star = Some((position, covered + 1));
                at = position + 1;
                place = covered + 1;
            }
        }
    }
    pattern[at..].iter().all(|rest| *rest == b'*')
}
