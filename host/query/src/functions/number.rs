//! Functions of one value, and what the signs between two mean.

/// `+ - * / %`, and any other sign as a power: what formulas that are written by hand compute.
pub fn arithmetic(sign: char, left: f64, right: f64) -> f64 {
    match sign {
        '+' => left + right,
        '-' => left - right,
        '*' => left * right,
        '/' => left / right,
        '%' => left % right,
        _ => left.powf(right),
    }
}

/// Zero and NaN are their own sign.
pub(super) fn sign(value: f64) -> f64 {
    if value > 0.0 {
        1.0
    } else if value < 0.0 {
        -1.0
    } else {
        value
    }
}

/// To the nearest multiple, halves up.
pub(super) fn round(value: f64, parameters: &[f64]) -> Option<f64> {
    // The inverse keeps multiples such as 0.1 exact.
    let inverse = 1.0 / parameters.first().copied().unwrap_or(1.0);
    Some((value * inverse + 0.5).floor() / inverse)
}

pub(super) fn clamp(value: f64, parameters: &[f64]) -> Option<f64> {
    let [least, most] = parameters else { return None };
    if most < least { None } else { Some(largest(*least, smallest(*most, value))) }
}

pub(super) fn clamp_min(value: f64, parameters: &[f64]) -> Option<f64> {
    Some(largest(value, *parameters.first()?))
}

pub(super) fn clamp_max(value: f64, parameters: &[f64]) -> Option<f64> {
    Some(smallest(value, *parameters.first()?))
}

/// Unlike `f64::max`, NaN wins.
pub(crate) fn largest(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b) }
}

pub(crate) fn smallest(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() { f64::NAN } else { a.min(b) }
}
