//! Reads protobuf without copying: fields one after the other, as they lie in the bytes.
//!
//! <https://protobuf.dev/programming-guides/encoding/>. Whatever bytes come, it answers or refuses; nothing is allocated.

use super::Unreadable;

/// A message whose fields have not all been read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Message<'a>(&'a [u8]);

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Field<'a> {
    Varint(u64),
    Fixed64(u64),
    Fixed32(u32),
    /// A text, bytes, a message, or packed numbers.
    Bytes(&'a [u8]),
}

fn broken(what: &str) -> Unreadable {
    Unreadable(format!("the protobuf message is broken: {what}"))
}

impl<'a> Message<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Message<'a> {
        Message(bytes)
    }

    /// The next field and its number.
    #[inline]
    pub(super) fn field(&mut self) -> Result<Option<(u32, Field<'a>)>, Unreadable> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let key = self.varint()?;
        let number = u32::try_from(key >> 3).map_err(|_| broken("a field has no such number"))?;
        let field = match key & 7 {
            0 => Field::Varint(self.varint()?),
            1 => Field::Fixed64(u64::from_le_bytes(self.array()?)),
            2 => {
                let length = usize::try_from(self.varint()?).map_err(|_| broken("a field is too long"))?;
                let Some((bytes, rest)) = self.0.split_at_checked(length) else { return Err(broken("it ends within a field")) };
                self.0 = rest;
                Field::Bytes(bytes)
            }
            5 => Field::Fixed32(u32::from_le_bytes(self.array()?)),
            _ => return Err(broken("a field has an unknown type")),
        };
        Ok(Some((number, field)))
    }

    #[inline]
    fn varint(&mut self) -> Result<u64, Unreadable> {
        match self.0 {
            [one, rest @ ..] if *one < 0x80 => {
                self.0 = rest;
                Ok(u64::from(*one))
            }
            _ => self.long_varint(),
        }
    }

    fn long_varint(&mut self) -> Result<u64, Unreadable> {
        let mut value = 0;
        for (place, byte) in self.0.iter().take(10).enumerate() {
            value |= u64::from(byte & 0x7f) << (7 * place);
            if *byte < 0x80 {
                self.0 = &self.0[place + 1..];
                return Ok(value);
            }
        }
        Err(broken("a number does not end"))
    }

    #[inline]
    fn array<const N: usize>(&mut self) -> Result<[u8; N], Unreadable> {
        let (bytes, rest) = self.0.split_first_chunk().ok_or_else(|| broken("it ends within a number"))?;
        self.0 = rest;
        Ok(*bytes)
    }
}

impl<'a> Field<'a> {
    pub(super) fn text(self) -> Result<&'a str, Unreadable> {
        let Field::Bytes(bytes) = self else { return Err(broken("a text is no text")) };
        std::str::from_utf8(bytes).map_err(|_| broken("a text is not UTF-8"))
    }

    pub(super) fn message(self) -> Result<Message<'a>, Unreadable> {
        self.bytes().map(Message)
    }

    pub(super) fn bytes(self) -> Result<&'a [u8], Unreadable> {
        match self {
            Field::Bytes(bytes) => Ok(bytes),
            _ => Err(broken("a message is no message")),
        }
    }

    /// A number that was written as a varint.
    pub(super) fn number(self) -> Result<u64, Unreadable> {
        match self {
            Field::Varint(number) => Ok(number),
            _ => Err(broken("a number is of another kind")),
        }
    }

    pub(super) fn fixed64(self) -> Result<u64, Unreadable> {
        match self {
            Field::Fixed64(bits) => Ok(bits),
            _ => Err(broken("a number is of another kind")),
        }
    }

    pub(super) fn double(self) -> Result<f64, Unreadable> {
        self.fixed64().map(f64::from_bits)
    }

    /// Calls `take` for each number of a repeated field, packed or not.
    pub(super) fn each_varint(self, mut take: impl FnMut(u64) -> Result<(), Unreadable>) -> Result<(), Unreadable> {
        match self {
            Field::Varint(number) => take(number),
            Field::Bytes(bytes) => {
                let mut rest = Message(bytes);
                while !rest.0.is_empty() {
                    take(rest.varint()?)?;
                }
                Ok(())
            }
            _ => Err(broken("a number is of another kind")),
        }
    }

    /// As [`Field::each_varint`], of numbers with eight bytes each.
    pub(super) fn each_fixed64(self, mut take: impl FnMut(u64)) -> Result<(), Unreadable> {
        match self {
            Field::Fixed64(bits) => take(bits),
            Field::Bytes(bytes) => {
                let (numbers, rest) = bytes.as_chunks();
                if !rest.is_empty() {
                    return Err(broken("it ends within a number"));
                }
                numbers.iter().for_each(|bytes| take(u64::from_le_bytes(*bytes)));
            }
            _ => return Err(broken("a number is of another kind")),
        }
        Ok(())
    }
}
