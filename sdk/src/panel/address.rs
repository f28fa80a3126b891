//! Values in addresses.

/// A value stays one part of an address: nothing in it can begin another. For `link`s with values in them.
pub fn encoded(value: &str) -> String {
    let mut address = String::new();
    for byte in value.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => address.push(char::from(byte)),
            other => {
                let digit = |number: u8| char::from(b"0123456789ABCDEF"[usize::from(number)]);
                address.extend(['%', digit(other >> 4), digit(other & 15)]);
            }
        }
    }
    address
}
