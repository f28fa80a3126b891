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
            if self.texts[number as usize] == text {
                break;
            }
            slot = (slot + 1) & mask;
        }
        slot
    }
}

/// FNV-1a, 32 bits: <http://www.isthe.com/chongo/tech/comp/fnv/>.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
