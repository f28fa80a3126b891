//! Functions of one value.

/// How a function is called.
#[derive(Debug, Clone, Copy)]
pub(crate) enum NumberFunction {
    Plain(fn(f64) -> f64),
    /// With up to two scalars; `None` takes the value away.
    WithParameters(fn(f64, Option<f64>, Option<f64>) -> Option<f64>),
}

pub(crate) fn find(name: &str) -> Option<NumberFunction> {
    use NumberFunction::{Plain, WithParameters};
    Some(match name {
        "abs" => Plain(f64::abs),
        "ceil" => Plain(f64::ceil),
        "floor" => Plain(f64::floor),
        "exp" => Plain(f64::exp),
        "ln" => Plain(f64::ln),
        "log2" => Plain(f64::log2),
        "log10" => Plain(f64::log10),
        "sqrt" => Plain(f64::sqrt),
        "sgn" => Plain(sign),
        "sin" => Plain(f64::sin),
        "cos" => Plain(f64::cos),
        "tan" => Plain(f64::tan),
        "asin" => Plain(f64::asin),
        "acos" => Plain(f64::acos),
        "atan" => Plain(f64::atan),
        "sinh" => Plain(f64::sinh),
        "cosh" => Plain(f64::cosh),
        "tanh" => Plain(f64::tanh),
        "asinh" => Plain(f64::asinh),
        "acosh" => Plain(f64::acosh),
        "atanh" => Plain(f64::atanh),
        "deg" => Plain(f64::to_degrees),
        "rad" => Plain(f64::to_radians),
        "round" => WithParameters(round),
        "clamp" => WithParameters(clamp),
        "clamp_min" => WithParameters(|value, least, _| Some(largest(value, least?))),
        "clamp_max" => WithParameters(|value, most, _| Some(smallest(value, most?))),
        _ => return None,
    })
}

/// Zero and NaN are their own sign.
fn sign(value: f64) -> f64 {
    if value > 0.0 {
        1.0
    } else if value < 0.0 {
        -1.0
    } else {
        value
    }
}

/// To the nearest multiple, halves up.
fn round(value: f64, multiple: Option<f64>, _: Option<f64>) -> Option<f64> {
    // The inverse keeps multiples such as 0.1 exact.
    let inverse = 1.0 / multiple.unwrap_or(1.0);
    Some((value * inverse + 0.5).floor() / inverse)
}

fn clamp(value: f64, least: Option<f64>, most: Option<f64>) -> Option<f64> {
    let (least, most) = (least?, most?);
    if most < least { None } else { Some(largest(least, smallest(most, value))) }
}

/// Unlike `f64::max`, NaN wins.
fn largest(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b) }
}

fn smallest(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() { f64::NAN } else { a.min(b) }
}
