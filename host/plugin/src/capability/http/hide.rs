//! Finds a secret in what comes back, however it was written down, and puts `***` in its place.
//!
//! Found are: the text itself, also with letters written as `%41`, `+`, `\n`, `\/`, `\u0041`, `\x41`, `&#65;`, `&#x41;`
//! or `&amp;`; its hexadecimal form; and base64 of any text that it is a part of, in both alphabets. Not found is what a
//! server changed beyond that: encrypted, hashed, reversed, compressed, cut into pieces, or with letters of another case.

use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

pub(super) const HIDDEN: &str = "***";

/// One way to write the secret down.
struct Needle {
    letters: Zeroizing<Vec<u8>>,
    /// A word of base64 goes as a whole: its ends hold bits of the secret too.
    whole_word: bool,
    any_case: bool,
}

/// Everything that must not be seen.
#[derive(Default)]
pub(super) struct Hider {
    needles: Vec<Needle>,
}

impl Hider {
    pub(super) fn add(&mut self, secret: &str) {
        let secret = secret.as_bytes();
        let exact = |letters: Vec<u8>| Needle { letters: Zeroizing::new(letters), whole_word: false, any_case: false };
        self.needles.push(exact(secret.to_vec()));
        let hexadecimal: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
        self.needles.push(Needle { any_case: true, ..exact(hexadecimal.into_bytes()) });
        // In base64 three bytes are four letters, so there are three ways that a part can lie in a whole. The letters
        // at both ends also depend on what stands beside it, and are left out.
        for before in 0..3 {
            let mut text = Zeroizing::new(vec![0; before]);
            text.extend_from_slice(secret);
            let from = (before * 8).div_ceil(6);
            let to = text.len() * 8 / 6;
            for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
                let letters = Zeroizing::new(engine.encode(&*text));
                let inner = letters.as_bytes().get(from..to).unwrap_or_default().to_vec();
                let is_known = self.needles.iter().any(|known| *known.letters == inner);
                if !inner.is_empty() && !is_known {
                    self.needles.push(Needle { whole_word: true, ..exact(inner) });
                }
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.needles.is_empty()
    }

    pub(super) fn finds(&self, text: &str) -> bool {
        !self.places(text.as_bytes()).is_empty()
    }

    pub(super) fn text(&self, text: &str) -> String {
        let places = self.places(text.as_bytes());
        if places.is_empty() {
            return text.to_owned();
        }
        String::from_utf8_lossy(&without(text.as_bytes(), &places)).into_owned()
    }

    pub(super) fn bytes(&self, bytes: Vec<u8>) -> Vec<u8> {
        let places = self.places(&bytes);
        if places.is_empty() { bytes } else { without(&bytes, &places) }
    }

    /// Where something is to be hidden, in order and apart from each other.
    fn places(&self, bytes: &[u8]) -> Vec<Range<usize>> {
        let mut begins = [false; 256];
        for needle in &self.needles {
            needle.begins(&mut begins);
        }
        let mut places: Vec<Range<usize>> = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            let found = begins[usize::from(bytes[at])]
                .then(|| self.needles.iter().filter_map(|needle| needle.at(bytes, at)).max_by_key(|range| range.end))
                .flatten();
            let Some(mut range) = found else {
                at += 1;
                continue;
            };
            if let Some(last) = places.last_mut().filter(|last| range.start <= last.end) {
                range.start = last.start;
                last.end = range.end.max(last.end);
            } else {
                places.push(range.clone());
            }
            at = range.end.max(at + 1);
        }
        places
    }
}

fn without(bytes: &[u8], places: &[Range<usize>]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(bytes.len());
    let mut from = 0;
    for place in places {
        kept.extend_from_slice(bytes.get(from..place.start).unwrap_or_default());
        kept.extend_from_slice(HIDDEN.as_bytes());
        from = place.end;
    }
    kept.extend_from_slice(bytes.get(from..).unwrap_or_default());
    kept
}

impl Needle {
    /// Marks each byte that it may begin with.
    fn begins(&self, begins: &mut [bool; 256]) {
        let Some(first) = self.letters.first() else { return };
        for letter in [*first, b'%', b'\\', b'&'] {
            begins[usize::from(letter)] = true;
        }
        if self.any_case {
            begins[usize::from(first.to_ascii_uppercase())] = true;
        }
        if *first == b' ' {
            begins[usize::from(b'+')] = true;
        }
    }

    /// Whether it is written here; if so, where all that is to be hidden lies.
    fn at(&self, bytes: &[u8], at: usize) -> Option<Range<usize>> {
        let mut may_be = false;
        self.letter(bytes.get(at..)?, *self.letters.first()?, |_| may_be = true);
        if !may_be {
            return None;
        }
        // A letter can be read in more than one way, so this follows all of them at once.
        let mut ends = vec![at];
        for letter in self.letters.iter() {
            let mut next = Vec::new();
            for end in ends {
                self.letter(bytes.get(end..).unwrap_or_default(), *letter, |length| next.push(end + length));
            }
            next.sort_unstable();
            next.dedup();
            if next.is_empty() {
                return None;
            }
            ends = next;
        }
        let end = ends.into_iter().max()?;
        if !self.whole_word {
            return Some(at..end);
        }
        let mut start = at;
        while let Some(length) = bytes.get(..start).and_then(|before| word_part(before, true)) {
            start -= length;
        }
        let mut end = end;
        while let Some(length) = bytes.get(end..).and_then(|after| word_part(after, false)) {
            end += length;
        }
        let padding = bytes[end..].iter().take_while(|byte| **byte == b'=').count();
        Some(start..end + padding)
    }

    /// Calls with the length of each way in which `text` begins with this letter.
    fn letter(&self, text: &[u8], wanted: u8, mut found: impl FnMut(usize)) {
        let Some(first) = text.first() else { return };
        let is_it = |byte: u8| byte == wanted || (self.any_case && byte.to_ascii_lowercase() == wanted);
        if is_it(*first) {
            found(1);
        }
        match first {
            b'+' if wanted == b' ' => found(1),
            b'%' if number(text, 1, 2, 16).is_some_and(is_it) => found(3),
            b'\\' => backslash(text).into_iter().filter(|(byte, _)| is_it(*byte)).for_each(|(_, length)| found(length)),
            b'&' => entity(text).into_iter().filter(|(byte, _)| is_it(*byte)).for_each(|(_, length)| found(length)),
            _ => {}
        }
    }
}

/// How long the part of a base64 word is with which `text` ends or begins; a URL has three letters for some of them.
fn word_part(text: &[u8], ends: bool) -> Option<usize> {
    let letter = if ends { text.last() } else { text.first() }?;
    let escape = if ends { text.len().checked_sub(3).and_then(|from| text.get(from..)) } else { text.get(..3) };
    if escape.is_some_and(|escape| [b"%2B", b"%2F", b"%3D"].iter().any(|known| escape.eq_ignore_ascii_case(*known))) {
        return Some(3);
    }
    (letter.is_ascii_alphanumeric() || matches!(letter, b'+' | b'/' | b'-' | b'_')).then_some(1)
}

/// `digits` digits from `from` on, as one byte.
fn number(text: &[u8], from: usize, digits: usize, radix: u32) -> Option<u8> {
    let text = std::str::from_utf8(text.get(from..from + digits)?).ok()?;
    if !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    u32::from_str_radix(text, radix).ok()?.try_into().ok()
}

/// What a backslash stands for, in JSON and its relatives, and how long it is.
fn backslash(text: &[u8]) -> Option<(u8, usize)> {
    Some(match text.get(1)? {
        b'u' => (number(text, 2, 4, 16)?, 6),
        b'x' => (number(text, 2, 2, 16)?, 4),
        b'n' => (b'\n', 2),
        b'r' => (b'\r', 2),
        b't' => (b'\t', 2),
        other => (*other, 2),
    })
}

/// What an entity of HTML stands for.
fn entity(text: &[u8]) -> Option<(u8, usize)> {
    for (name, byte) in [("&amp;", b'&'), ("&lt;", b'<'), ("&gt;", b'>'), ("&quot;", b'"'), ("&apos;", b'\'')] {
        if text.starts_with(name.as_bytes()) {
            return Some((byte, name.len()));
        }
    }
    let (from, radix) = match text.get(1..3)? {
        [b'#', b'x' | b'X'] => (3, 16),
        [b'#', _] => (2, 10),
        _ => return None,
    };
    // `&#0000065;` is the longest that is looked at.
    let digits = text.get(from..)?.iter().take(8).position(|byte| *byte == b';')?;
    Some((number(text, from, digits, radix)?, from + digits + 1))
}
