//! Values and times.

/// The digits of a number that a double holds without rounding, whatever they are.
const EXACT_DIGITS: usize = 15;

/// Powers of ten that are doubles without rounding; a quotient of two such numbers is rounded once, and so is right.
const POWERS: [f64; 16] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

const NANOS: i128 = 1_000_000_000;

/// A value: a decimal number, `NaN`, or an infinity, in any case of letters.
pub(crate) fn value(text: &str) -> Option<f64> {
    if let Some(value) = short(text.as_bytes()) {
        return Some(value);
    }
    // The library takes `-nan` too, which no format knows.
    let is_signed = text.starts_with(['+', '-']);
    text.parse().ok().filter(|value: &f64| !(is_signed && value.is_nan()))
}

/// Most values: up to fifteen digits, with a point among them or without.
fn short(text: &[u8]) -> Option<f64> {
    let (sign, digits) = match text {
        [b'-', rest @ ..] => (-1.0, rest),
        _ => (1.0, text),
    };
    if digits.is_empty() || digits.len() > EXACT_DIGITS {
        return None;
    }
    let mut number = 0_u64;
    let mut point = None;
    for (place, byte) in digits.iter().enumerate() {
        match byte {
            b'0'..=b'9' => number = number * 10 + u64::from(byte - b'0'),
            b'.' if point.is_none() && digits.len() > 1 => point = Some(place),
            _ => return None,
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "fifteen digits are exact")]
    let whole = number as f64;
    let power = point.map_or(0, |place| digits.len() - place - 1);
    Some(sign * whole / POWERS[power])
}

/// A time of OpenMetrics, seconds, as nanoseconds. What is finer is cut off.
pub(crate) fn nanoseconds(text: &str) -> Option<i128> {
    let (sign, rest) = match text.as_bytes().first()? {
        b'-' => (-1, &text[1..]),
        b'+' => (1, &text[1..]),
        _ => (1, text),
    };
    let (whole, fraction) = rest.split_once('.').unwrap_or((rest, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole) || !is_digits(fraction) || whole.is_empty() || whole.len() > 18 {
        let seconds = value(text).filter(|seconds| seconds.is_finite())?;
        return Some((seconds * 1e9) as i128);
    }
    let seconds: i128 = whole.parse().ok()?;
    let nanos = fraction.bytes().chain(std::iter::repeat(b'0')).take(9);
    let nanos = nanos.fold(0, |number, digit| number * 10 + i128::from(digit - b'0'));
    Some(sign * (seconds * NANOS + nanos))
}

pub(crate) fn milliseconds(nanoseconds: i128) -> i64 {
    let time = nanoseconds / 1_000_000;
    i64::try_from(time).unwrap_or(if time < 0 { i64::MIN } else { i64::MAX })
}
