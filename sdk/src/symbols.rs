//! A table of texts in which each is kept once.

/// Texts by number, and numbers by text. The index is a small open-addressing table of its own: a map would keep each
/// text twice, and bring a keyed hash that nothing here needs.
#[derive(Debug, Clone, Default)]
pub(crate) struct Symbols {
    texts: Vec<String>,
    /// A power of two long; a slot holds a text's number plus one, zero is free.
    slots: Vec<u32>,
}

impl Symbols {
    /// The number of this text, which is added if it is new.
    pub(crate) fn intern(&mut self, text: &str) -> u32 {
        if self.slots.len() < (self.texts.len() + 1) * 2 {
            self.grow();
        }
        let slot = self.slot(text);
        if self.slots[slot] == 0 {
            self.texts.push(text.to_owned());
            self.slots[slot] = self.texts.len() as u32;
        }
        self.slots[slot] - 1
    }

    /// The number of this text, which is probably `guess`: a comparison costs a fraction of a search.
    pub(crate) fn intern_near(&mut self, text: &str, guess: Option<u32>) -> u32 {
        match guess {
            Some(guess) if self.texts.get(guess as usize).is_some_and(|known| is_same(known, text)) => guess,
            _ => self.intern(text),
        }
    }

    pub(crate) fn text(&self, symbol: u32) -> &str {
        self.texts.get(symbol as usize).map_or("", String::as_str)
    }

    pub(crate) fn into_texts(self) -> Vec<String> {
        self.texts
    }

    fn grow(&mut self) {
        self.slots = vec![0; (self.slots.len() * 2).max(64)];
        for number in 0..self.texts.len() {
            let slot = self.slot(&self.texts[number]);
            self.slots[slot] = number as u32 + 1;
        }
    }

    /// The slot that holds this text, or the free one where it belongs. There always is a free one.
    fn slot(&self, text: &str) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = hash(text) as usize & mask;
        while let Some(number) = self.slots[slot].checked_sub(1) {
            if is_same(&self.texts[number as usize], text) {
                break;
            }
            slot = (slot + 1) & mask;
        }
        slot
    }
}

/// Bytes taken at a time: short texts are the rule, and a guest's `memcmp` may go byte by byte.
const WORD: usize = 8;

fn is_same(one: &str, other: &str) -> bool {
    let (ones, rest) = one.as_bytes().as_chunks::<WORD>();
    let (others, other_rest) = other.as_bytes().as_chunks::<WORD>();
    one.len() == other.len()
        && ones.iter().zip(others).all(|(a, b)| u64::from_le_bytes(*a) == u64::from_le_bytes(*b))
        && rest.iter().zip(other_rest).all(|(a, b)| a == b)
}

/// A multiplication for each eight bytes, the high half folded into the low. Nobody outside chooses what a plugin names.
fn hash(text: &str) -> u32 {
    const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |hash: u64, word: u64| {
        let mixed = (hash ^ word).wrapping_mul(MULTIPLIER);
        mixed ^ mixed >> 32
    };
    let (words, rest) = text.as_bytes().as_chunks::<WORD>();
    let hash = words.iter().fold(text.len() as u64, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    mix(hash, rest.iter().fold(0, |word, byte| word << 8 | u64::from(*byte))) as u32
}
