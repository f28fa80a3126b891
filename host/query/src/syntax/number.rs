//! Numbers and durations, which PromQL lets stand for each other: `1h` is 3600.

/// Units in the order in which they must come, in milliseconds.
const UNITS: [(&str, u64); 7] =
    [("y", 365 * 86_400_000), ("w", 7 * 86_400_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// How many bytes belong to the number that begins here, well-formed or not.
pub(super) fn length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let is_hexadecimal = text.starts_with("0x") || text.starts_with("0X");
    let mut length = 0;
    while let Some(byte) = bytes.get(length) {
        let signed_exponent = !is_hexadecimal
            && matches!(byte, b'+' | b'-')
            && length > 0
            && matches!(bytes[length - 1], b'e' | b'E')
            && bytes.get(length + 1).is_some_and(u8::is_ascii_digit);
        if !(byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_') || signed_exponent) {
            break;
        }
        length += 1;
    }
    length
}

/// The value of a number, or the seconds of a duration.
pub(crate) fn read(text: &str) -> Option<f64> {
    if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        return u64::from_str_radix(digits, 16).ok().map(|number| number as f64);
    }
    if text.ends_with(|letter: char| letter.is_ascii_alphabetic()) {
        return duration(text).map(|millis| millis as f64 / 1e3);
    }
    if text.starts_with('_') || text.ends_with('_') {
        return None;
    }
    text.replace('_', "").parse().ok()
}

/// Milliseconds of `1h30m`.
fn duration(text: &str) -> Option<u64> {
    let mut rest = text;
    let mut units = UNITS.iter();
    let mut total = 0_u64;
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit())?;
        let count: u64 = rest[..digits].parse().ok()?;
        let after = &rest[digits..];
        let unit = after.find(|letter: char| letter.is_ascii_digit()).unwrap_or(after.len());
        let (_, millis) = units.find(|(name, _)| *name == &after[..unit])?;
        total = total.checked_add(count.checked_mul(*millis)?)?;
        rest = &after[unit..];
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_prometheus_reads_them() {
        for (text, value) in [
            ("1", Some(1.0)),
            (".5", Some(0.5)),
            ("5.", Some(5.0)),
            ("1.5e-3", Some(0.0015)),
            ("0x1F", Some(31.0)),
            ("1_000", Some(1000.0)),
            ("1h30m", Some(5400.0)),
            ("1y2w3d4h5m6s7ms", Some(33_019_506.007)),
            ("5ms", Some(0.005)),
            ("30m1h", None),
            ("1.5h", None),
            ("1h30", None),
            ("1x", None),
            ("1__", None),
        ] {
            assert_eq!(read(text), value, "{text}");
            assert_eq!(length(text), text.len(), "{text}");
        }
        assert_eq!(length("1e+5+2"), 4);
        assert_eq!(length("2-1"), 1);
    }
}
