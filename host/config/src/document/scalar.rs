//! What an unquoted word of YAML means: the core schema of YAML 1.2.2, chapter 10.3.

use serde_json::{Number, Value};

/// The value of a plain scalar, or none for the numbers that JSON cannot hold: infinities and not-a-number.
pub(super) fn plain(word: &str) -> Option<Value> {
    match word {
        "" | "~" | "null" | "Null" | "NULL" => Some(Value::Null),
        "true" | "True" | "TRUE" => Some(Value::Bool(true)),
        "false" | "False" | "FALSE" => Some(Value::Bool(false)),
        _ => match number(word) {
            Ok(number) => Some(Value::Number(number)),
            Err(NotANumber::Text) => Some(Value::String(word.to_owned())),
            Err(NotANumber::Endless) => None,
        },
    }
}

enum NotANumber {
    Text,
    Endless,
}

fn number(word: &str) -> Result<Number, NotANumber> {
    let unsigned = word.strip_prefix(['-', '+']).unwrap_or(word);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(word, ".nan" | ".NaN" | ".NAN") {
        return Err(NotANumber::Endless);
    }
    let radix = |digits: &str, radix| {
        let plain = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
        if plain {
            u64::from_str_radix(digits, radix).map(Number::from).map_err(|_| NotANumber::Text)
        } else {
            Err(NotANumber::Text)
        }
    };
    if let Some(digits) = word.strip_prefix("0x") {
        return radix(digits, 16);
    }
    if let Some(digits) = word.strip_prefix("0o") {
        return radix(digits, 8);
    }
    if !looks_decimal(unsigned) {
        return Err(NotANumber::Text);
    }
    if let Ok(whole) = word.parse::<i64>() {
        return Ok(whole.into());
    }
    if let Ok(whole) = word.parse::<u64>() {
        return Ok(whole.into());
    }
    let float: f64 = word.parse().map_err(|_| NotANumber::Text)?;
    Number::from_f64(float).ok_or(NotANumber::Endless)
}

/// `( [0-9]+ ( \. [0-9]* )? | \. [0-9]+ ) ( [eE] [-+]? [0-9]+ )?`
fn looks_decimal(unsigned: &str) -> bool {
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['-', '+']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let some_digit = !whole.is_empty() || !fraction.is_empty();
    some_digit && digits(whole) && digits(fraction) && exponent.is_none_or(|exponent| !exponent.is_empty() && digits(exponent))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::plain;

    #[test]
    fn words_mean_what_the_core_schema_says() {
        let check = |word: &str, expected: Value| assert_eq!(plain(word), Some(expected), "{word}");
        check("", Value::Null);
        check("~", Value::Null);
        check("true", json!(true));
        check("yes", json!("yes"));
        check("12", json!(12));
        check("-12", json!(-12));
        check("+12", json!(12));
        check("0x1F", json!(31));
        check("0o17", json!(15));
        check("0x", json!("0x"));
        check("18446744073709551615", json!(18446744073709551615_u64));
        check("1.50", json!(1.5));
        check(".5", json!(0.5));
        check("5.", json!(5.0));
        check("1e3", json!(1000.0));
        check("1e", json!("1e"));
        check(".", json!("."));
        check("-", json!("-"));
        check("15s", json!("15s"));
        check("1_000", json!("1_000"));
        check("infinity", json!("infinity"));
        check("127.0.0.1", json!("127.0.0.1"));
        assert_eq!(plain("-.inf"), None);
        assert_eq!(plain("1e999"), None);
    }
}
