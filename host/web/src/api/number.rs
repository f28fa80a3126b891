//! Numbers as Prometheus writes them: half of the time that a large answer takes goes into them.

/// Adds a value without an exponent from a millionth to 10²¹, with one beyond; the shortest digits that read back the same.
pub(crate) fn write_value(text: &mut Vec<u8>, value: f64) {
    let whole = value as i64;
    // Most samples are counts. -0 is not the integer 0, and is written by the long way.
    if whole as f64 == value && whole.unsigned_abs() < 1 << 53 && (whole != 0 || value.is_sign_positive()) {
        write_integer(text, whole);
    } else if value.is_finite() {
        write_finite(text, value);
    } else {
        text.extend_from_slice(match value {
            _ if value.is_nan() => b"NaN",
            _ if value > 0.0 => b"+Inf",
            _ => b"-Inf",
        });
    }
}

pub(crate) fn write_integer(text: &mut Vec<u8>, value: i64) {
    text.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

/// Adds a moment in seconds, with three places where it is not whole.
pub(crate) fn write_moment(text: &mut Vec<u8>, millis: i64) {
    let (seconds, rest) = (millis.unsigned_abs() / 1_000, (millis.unsigned_abs() % 1_000) as u16);
    if millis < 0 {
        text.push(b'-');
    }
    write_integer(text, seconds.cast_signed());
    if rest != 0 {
        let digit = |size: u16| b'0' + (rest / size % 10) as u8;
        text.extend_from_slice(&[b'.', digit(100), digit(10), digit(1)]);
    }
}

/// The shortest digits come from a library, in a form of its own: here they get Go's.
fn write_finite(text: &mut Vec<u8>, value: f64) {
    let mut buffer = zmij::Buffer::new();
    let shortest = buffer.format_finite(value);
    if value.abs() >= 1e-6 && !shortest.as_bytes().contains(&b'e') {
        text.extend_from_slice(shortest.strip_suffix(".0").unwrap_or(shortest).as_bytes());
        return;
    }
    let (sign, shortest) = shortest.strip_prefix('-').map_or(("", shortest), |rest| ("-", rest));
    text.extend_from_slice(sign.as_bytes());
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((shortest, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = [whole, fraction].concat();
    let leading = digits.len() - digits.trim_start_matches('0').len();
    let point = whole.len() as i32 + exponent - leading as i32;
    let digits = digits.trim_matches('0');
    place_point(text, digits, point, value.abs());
}

/// Writes digits whose point comes before or after them, or between.
fn place_point(text: &mut Vec<u8>, digits: &str, point: i32, size: f64) {
    let digits = if digits.is_empty() { "0" } else { digits };
    if size == 0.0 {
        text.push(b'0');
    } else if !(1e-6..1e21).contains(&size) {
        write_scientific(text, digits, point - 1);
    } else if point <= 0 {
        text.extend_from_slice(b"0.");
        text.extend(std::iter::repeat_n(b'0', point.unsigned_abs() as usize));
        text.extend_from_slice(digits.as_bytes());
    } else {
        let whole = (point as usize).min(digits.len());
        text.extend_from_slice(&digits.as_bytes()[..whole]);
        text.extend(std::iter::repeat_n(b'0', point as usize - whole));
        if whole < digits.len() {
            text.push(b'.');
            text.extend_from_slice(&digits.as_bytes()[whole..]);
        }
    }
}

fn write_scientific(text: &mut Vec<u8>, digits: &str, exponent: i32) {
    text.extend_from_slice(&digits.as_bytes()[..1]);
    if digits.len() > 1 {
        text.push(b'.');
        text.extend_from_slice(&digits.as_bytes()[1..]);
    }
    text.extend_from_slice(if exponent < 0 { b"e-" } else { b"e+" });
    if exponent.abs() < 10 {
        text.push(b'0');
    }
    write_integer(text, i64::from(exponent.abs()));
}

/// As Go's `%e`, which Prometheus uses for the values of alerts: the shortest digits, an exponent of two or more.
pub(crate) fn scientific(value: f64) -> String {
    if !value.is_finite() {
        let mut text = Vec::new();
        write_value(&mut text, value);
        return String::from_utf8_lossy(&text).into_owned();
    }
    let text = format!("{value:e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    match exponent.strip_prefix('-') {
        Some(exponent) => format!("{digits}e-{exponent:0>2}"),
        None => format!("{digits}e+{exponent:0>2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(write: impl Fn(&mut Vec<u8>), wanted: &str) {
        let mut text = Vec::new();
        write(&mut text);
        assert_eq!(String::from_utf8_lossy(&text), wanted);
    }

    #[test]
    fn values_are_written_as_prometheus_writes_them() {
        for (value, wanted) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (1.0, "1"),
            (-12.5, "-12.5"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e6, "1000000"),
            (123_456_789.25, "123456789.25"),
            (1e16, "10000000000000000"),
            (1.5e17, "150000000000000000"),
            (9_007_199_254_740_993.0, "9007199254740992"),
            (1e20, "100000000000000000000"),
            (1e21, "1e+21"),
            (-1.25e300, "-1.25e+300"),
            (0.000_001, "0.000001"),
            (0.000_012_5, "0.0000125"),
            (1e-7, "1e-07"),
            (-1.5e-10, "-1.5e-10"),
            (5e-324, "5e-324"),
            (f64::MAX, "1.7976931348623157e+308"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "+Inf"),
            (f64::NEG_INFINITY, "-Inf"),
        ] {
            check(|text| write_value(text, value), wanted);
        }
    }

    #[test]
    fn values_read_back_as_they_were() {
        let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
        for _ in 0..100_000 {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            for value in [f64::from_bits(seed), (seed >> 40) as f64 / 1000.0, (seed >> 12) as f64] {
                let mut text = Vec::new();
                write_value(&mut text, value);
                let read: Option<f64> = String::from_utf8_lossy(&text).replace("+Inf", "inf").parse().ok();
                assert!(read.is_some_and(|read| read == value || value.is_nan()), "{value:e}");
            }
        }
    }

    #[test]
    fn moments_have_three_places_or_none() {
        for (millis, wanted) in
            [(0, "0"), (1_500, "1.500"), (1_763_632_800_000, "1763632800"), (1_007, "1.007"), (-2_050, "-2.050"), (-3, "-0.003")]
        {
            check(|text| write_moment(text, millis), wanted);
        }
    }

    #[test]
    fn alerts_have_values_as_prometheus_writes_them() {
        for (value, text) in [
            (1.0, "1e+00"),
            (0.0, "0e+00"),
            (-12.5, "-1.25e+01"),
            (0.91, "9.1e-01"),
            (1e123, "1e+123"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "+Inf"),
        ] {
            assert_eq!(scientific(value), text);
        }
    }
}
