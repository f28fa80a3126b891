//! How many parts a short message has (3GPP TS 23.038 and 23.040). With the letters of GSM's alphabet one part has 160, or 153
//! where there are several; a few marks count twice. One letter outside of it, and all are UCS-2: 70, or 67.

/// GSM's basic letters; the escape is not one of them.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿\
    abcdefghijklmnopqrstuvwxyzäöñüà";
/// Those that take an escape and a letter.
const EXTENDED: &str = "\u{c}^{}\\[~]|€";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Alphabet {
    Gsm,
    Ucs2,
}

impl Alphabet {
    pub(crate) fn of(text: &str) -> Alphabet {
        match text.chars().all(|letter| BASIC.contains(letter) || EXTENDED.contains(letter)) {
            true => Alphabet::Gsm,
            false => Alphabet::Ucs2,
        }
    }

    /// Septets, or units of 16 bits.
    fn width(self, letter: char) -> usize {
        match self {
            Alphabet::Gsm => 1 + usize::from(EXTENDED.contains(letter)),
            Alphabet::Ucs2 => letter.len_utf16(),
        }
    }

    /// What one part holds, alone and beside others.
    fn room(self) -> (usize, usize) {
        match self {
            Alphabet::Gsm => (160, 153),
            Alphabet::Ucs2 => (70, 67),
        }
    }
}

/// No letter is torn: what does not fit as a whole is the next part's.
pub(crate) fn segments(text: &str) -> usize {
    let alphabet = Alphabet::of(text);
    let (alone, beside) = alphabet.room();
    if text.chars().map(|letter| alphabet.width(letter)).sum::<usize>() <= alone {
        return 1;
    }
    let (mut parts, mut used) = (1, 0);
    for letter in text.chars() {
        let width = alphabet.width(letter);
        if used + width > beside {
            parts += 1;
            used = 0;
        }
        used += width;
    }
    parts
}

/// Typographic marks become those of GSM's alphabet that say the same: one dash would else cost half of the room.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\u{2010}'..='\u{2015}' | '\u{2212}' => plain.push('-'),
            '‘' | '’' | '‚' | '‛' | '′' | '`' | '´' => plain.push('\''),
            '“' | '”' | '„' | '‟' | '«' | '»' | '″' => plain.push('"'),
            '…' => plain.push_str("..."),
            '•' | '·' => plain.push('-'),
            '×' => plain.push('x'),
            '≥' => plain.push_str(">="),
            '≤' => plain.push_str("<="),
            '→' => plain.push_str("->"),
            '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\t' => plain.push(' '),
            '\u{200b}'..='\u{200d}' | '\u{feff}' | '\r' => {}
            other => plain.push(other),
        }
    }
    plain
}
