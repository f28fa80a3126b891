//! Names that the host takes: those of Prometheus before it took all of UTF-8.

use std::borrow::Cow;

pub(crate) fn is_label_name(name: &str) -> bool {
    !name.is_empty() && name.char_indices().all(|(place, letter)| is_sound(place, letter))
}

/// With `_` in place of each letter that is not one of names, as in Prometheus's escaping `underscores`.
pub(crate) fn escaped(name: &str, may_have_colons: bool) -> Cow<'_, str> {
    let is_fine = |place: usize, letter: char| is_sound(place, letter) || (may_have_colons && letter == ':');
    match name.char_indices().all(|(place, letter)| is_fine(place, letter)) {
        true => Cow::Borrowed(name),
        false => name.char_indices().map(|(place, letter)| if is_fine(place, letter) { letter } else { '_' }).collect(),
    }
}

fn is_sound(place: usize, letter: char) -> bool {
    letter.is_ascii_alphabetic() || letter == '_' || (place > 0 && letter.is_ascii_digit())
}
