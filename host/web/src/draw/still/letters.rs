//! The letters that pictures are set in, and how wide words are in them.
//!
//! They come with the host, so that a picture looks the same on each machine: Roboto, under the SIL Open Font License 1.1.

use std::sync::LazyLock;

use ttf_parser::Face;

/// Each script, in its weights. `make assets` unpacks them; the first of a weight is what texts are set in, the others
/// stand in where it has no letter.
pub static FACES: [(&[u8], Weight); 11] = [
    (include_bytes!("../../../assets/fonts/latin-400.ttf"), Weight::Usual),
    (include_bytes!("../../../assets/fonts/latin-600.ttf"), Weight::Bold),
    (include_bytes!("../../../assets/fonts/latin-ext-400.ttf"), Weight::Usual),
    (include_bytes!("../../../assets/fonts/latin-ext-600.ttf"), Weight::Bold),
    (include_bytes!("../../../assets/fonts/cyrillic-400.ttf"), Weight::Usual),
    (include_bytes!("../../../assets/fonts/cyrillic-600.ttf"), Weight::Bold),
    (include_bytes!("../../../assets/fonts/greek-400.ttf"), Weight::Usual),
    (include_bytes!("../../../assets/fonts/greek-600.ttf"), Weight::Bold),
    (include_bytes!("../../../assets/fonts/vietnamese-400.ttf"), Weight::Usual),
    (include_bytes!("../../../assets/fonts/symbols-400.ttf"), Weight::Usual),
    (include_bytes!("../../../assets/fonts/math-400.ttf"), Weight::Usual),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    Usual,
    Bold,
}

static USUAL: LazyLock<Vec<Face<'static>>> = LazyLock::new(|| faces(Weight::Usual));
static BOLD: LazyLock<Vec<Face<'static>>> = LazyLock::new(|| faces(Weight::Bold));

fn faces(weight: Weight) -> Vec<Face<'static>> {
    let (same, other): (Vec<_>, Vec<_>) = FACES.iter().partition(|(_, one)| *one == weight);
    same.into_iter().chain(other).filter_map(|(bytes, _)| Face::parse(bytes, 0).ok()).collect()
}

/// How wide a text is at this size, but for kerning.
pub fn width(text: &str, size: f64) -> f64 {
    measure(&USUAL, text, size)
}

pub fn bold_width(text: &str, size: f64) -> f64 {
    measure(&BOLD, text, size)
}

fn measure(faces: &[Face<'static>], text: &str, size: f64) -> f64 {
    text.chars().map(|letter| advance(faces, letter)).sum::<f64>() * size
}

/// States' shapes, which are drawn, and how wide they are.
pub const MARKS: [char; 4] = ['▲', '▼', '■', '●'];
pub const MARK: f64 = 0.62;

fn advance(faces: &[Face<'static>], letter: char) -> f64 {
    if MARKS.contains(&letter) {
        return MARK;
    }
    // There is no narrow one.
    let letter = if letter == '\u{202f}' { '\u{a0}' } else { letter };
    for face in faces {
        if let Some(units) = face.glyph_index(letter).and_then(|glyph| face.glyph_hor_advance(glyph)) {
            return f64::from(units) / f64::from(face.units_per_em().max(1));
        }
    }
    // Another machine's font, or none: scripts beyond here are mostly as wide as high.
    if letter >= '\u{1100}' { 1.0 } else { 0.6 }
}

/// The text, or its beginning and an ellipsis.
pub fn fit(text: &str, size: f64, room: f64) -> String {
    // Nobody reads more than a line has room for: what is longer need not be measured.
    const LONGEST: usize = 400;
    let is_long = text.chars().nth(LONGEST).is_some();
    if !is_long && bold_width(text, size).max(width(text, size)) <= room {
        return text.to_owned();
    }
    let ellipsis = width("…", size);
    let mut kept = String::new();
    let mut used = ellipsis;
    for letter in text.chars().take(LONGEST) {
        used += advance(&BOLD, letter) * size;
        if used > room {
            break;
        }
        kept.push(letter);
    }
    kept.truncate(kept.trim_end().len());
    kept.push('…');
    kept
}

/// The words of a text in lines that fit; a word that is longer than a line is cut through.
pub fn wrapped(text: &str, size: f64, room: f64, most: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let space = width(" ", size);
    for paragraph in text.lines() {
        let mut line = String::new();
        let mut used = 0.0;
        for word in paragraph.split_whitespace() {
            if lines.len() >= most {
                return lines;
            }
            let wide = width(word, size);
            if !line.is_empty() && used + space + wide > room {
                lines.push(std::mem::take(&mut line));
                used = 0.0;
            }
            if !line.is_empty() {
                line.push(' ');
                used += space;
            }
            used += wide;
            line.push_str(&if wide > room { fit(word, size, room) } else { word.to_owned() });
        }
        lines.push(line);
    }
    lines.truncate(most);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_measured_and_keep_to_their_place() {
        assert!((width("0", 10.0) - width("1", 10.0)).abs() < 1e-9, "figures stand below each other");
        assert!(width("iii", 10.0) < width("mmm", 10.0) && bold_width("000", 10.0) > width("000", 10.0));
        assert_eq!(fit("Requests", 10.0, 100.0), "Requests");
        assert_eq!(fit("Requests of the shop", 10.0, 56.0), "Requests…");
        assert_eq!(fit(&"x".repeat(100_000), 10.0, 30.0).chars().count(), 5);
        assert_eq!(wrapped("one two three\n\nfour", 10.0, 45.0, 9), ["one two", "three", "", "four"]);
        assert_eq!(wrapped("one two three", 10.0, 20.0, 2).len(), 2);
    }

    #[test]
    fn the_letters_of_our_languages_are_at_hand() {
        for letter in "aZ09 …–·•°µ²€ãõçéüßąřłЖяΩλ×≥≤−\u{a0}".chars() {
            assert!(USUAL.iter().any(|face| face.glyph_index(letter).is_some()), "{letter} {:x}", letter as u32);
        }
    }
}
