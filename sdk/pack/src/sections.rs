//! The outermost sections of a component, as bytes: where each begins and ends, and the signatures at the end.
//!
//! A signature covers every byte before the first signature section, so it lies in the file and still signs all that was
//! there when it was made. Signatures are the last sections or the file has been altered.

use std::ops::Range;

use anyhow::{Context, Result, ensure};
use wasm_encoder::{CustomSection, Encode, Section as _};

/// The custom section's name.
pub const SIGNATURE_SECTION: &str = "vitrine:signature";

/// Signatures of one file.
const SIGNATURES: usize = 8;

/// Magic number, version and layer.
const HEADER: usize = 8;

/// A file, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed<'a> {
    /// What is signed.
    pub content: &'a [u8],
    /// The texts of the signature sections.
    pub signatures: Vec<&'a [u8]>,
}

/// Parts a component from its signatures.
pub fn signed(component: &[u8]) -> Result<Signed<'_>> {
    let mut content = component.len();
    let mut signatures = Vec::new();
    let mut place = HEADER;
    while place < component.len() {
        let section = Section::read(component, place).context("this is no component: a section is cut off")?;
        match section.custom(component) {
            Some((SIGNATURE_SECTION, data)) => {
                content = content.min(place);
                signatures.push(data);
            }
            _ => ensure!(signatures.is_empty(), "something was added behind its signature: it has been altered"),
        }
        place = section.content.end;
    }
    ensure!(signatures.len() <= SIGNATURES, "it carries more than {SIGNATURES} signatures");
    Ok(Signed { content: &component[..content], signatures })
}

/// Adds a signature's text.
pub fn add_signature(component: &mut Vec<u8>, text: &str) {
    let section = CustomSection { name: SIGNATURE_SECTION.into(), data: text.as_bytes().into() };
    component.push(section.id());
    section.encode(component);
}

/// A section's kind, and its bytes without kind and length.
struct Section {
    id: u8,
    content: Range<usize>,
}

impl Section {
    fn read(bytes: &[u8], place: usize) -> Option<Section> {
        let id = *bytes.get(place)?;
        let (length, start) = number(bytes, place + 1)?;
        let end = start.checked_add(length)?;
        (end <= bytes.len()).then_some(Section { id, content: start..end })
    }

    /// Name and data, where it is a custom section.
    fn custom<'a>(&self, bytes: &'a [u8]) -> Option<(&'a str, &'a [u8])> {
        if self.id != 0 {
            return None;
        }
        let (length, start) = number(bytes, self.content.start)?;
        let end = start.checked_add(length).filter(|end| *end <= self.content.end)?;
        Some((std::str::from_utf8(&bytes[start..end]).ok()?, &bytes[end..self.content.end]))
    }
}

/// An unsigned LEB128 number, and where it ends.
fn number(bytes: &[u8], mut place: usize) -> Option<(usize, usize)> {
    let mut value = 0_u32;
    for shift in [0, 7, 14, 21, 28] {
        let byte = *bytes.get(place)?;
        place += 1;
        value |= u32::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some((value as usize, place));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    const EMPTY: &[u8] = b"\0asm\x0d\0\x01\0";

    #[test]
    fn signatures_are_parted_from_what_they_sign() {
        let mut file = EMPTY.to_vec();
        file.extend([0, 5, 3, b'a', b'b', b'c', 1]);
        let content = file.clone();
        assert_eq!(signed(&file).unwrap(), Signed { content: &content, signatures: vec![] });
        add_signature(&mut file, "one");
        add_signature(&mut file, &"two".repeat(100));
        let parts = signed(&file).unwrap();
        assert_eq!((parts.content, parts.signatures.len()), (content.as_slice(), 2));
        assert_eq!(parts.signatures[0], b"one");
    }

    #[test]
    fn what_comes_behind_a_signature_is_refused() {
        let mut file = EMPTY.to_vec();
        add_signature(&mut file, "one");
        file.extend([0, 5, 3, b'a', b'b', b'c', 1]);
        assert!(signed(&file).unwrap_err().to_string().contains("altered"));
    }

    #[test]
    fn what_is_cut_off_is_refused() {
        let mut file = EMPTY.to_vec();
        add_signature(&mut file, "one");
        for length in HEADER + 1..file.len() {
            assert!(signed(&file[..length]).is_err(), "{length}");
        }
        let mut endless = EMPTY.to_vec();
        endless.extend([0, 0xff, 0xff, 0xff, 0xff, 0xff]);
        assert!(signed(&endless).is_err());
    }
}
