//! PromQL's own functions, as of Prometheus 3.

use vitrine_model::port::samples::Keep;

use super::Does::{Date, Number, NumberWith};
use super::{Does, Function, Special};
use crate::functions::range::{self, RangeFunction, Window};
use crate::functions::{date, number, smooth};
use crate::syntax::tree::Type::{self, Matrix, Scalar, Text, Vector};

pub(super) const TABLES: &[&[Function]] = &[NUMBERS, DATES, RANGES, SPECIALS, NATIVE];

const fn row(name: &'static str, parameters: &'static [Type], does: Does, about: &'static str) -> Function {
    Function { name, parameters, optional: 0, repeats: false, returns: Vector, does, about }
}

const fn number(name: &'static str, function: fn(f64) -> f64, about: &'static str) -> Function {
    row(name, &[Vector], Number(function), about)
}

const fn date(name: &'static str, function: fn(date::Civil) -> f64, about: &'static str) -> Function {
    Function { optional: 1, ..row(name, &[Vector], Date(function), about) }
}

type Compute = fn(&mut Window<'_>) -> Option<f64>;

const fn computed(compute: Compute) -> Does {
    Does::Range(RangeFunction { compute, keeps_name: false, counts_falls: false, keep: None })
}

const fn range(name: &'static str, compute: Compute, about: &'static str) -> Function {
    row(name, &[Matrix], computed(compute), about)
}

const fn counter(name: &'static str, compute: Compute, about: &'static str) -> Function {
    row(name, &[Matrix], Does::Range(RangeFunction { compute, keeps_name: false, counts_falls: true, keep: None }), about)
}

const fn extreme(name: &'static str, compute: Compute, keep: Keep, about: &'static str) -> Function {
    row(name, &[Matrix], Does::Range(RangeFunction { compute, keeps_name: false, counts_falls: false, keep: Some(keep) }), about)
}

/// The sample stays a sample of its metric.
const fn picked(name: &'static str, compute: Compute, about: &'static str) -> Function {
    row(name, &[Matrix], Does::Range(RangeFunction { compute, keeps_name: true, counts_falls: false, keep: None }), about)
}

const fn special(name: &'static str, parameters: &'static [Type], special: Special, about: &'static str) -> Function {
    row(name, parameters, Does::Special(special), about)
}

const fn scalar(name: &'static str, parameters: &'static [Type], which: Special, about: &'static str) -> Function {
    Function { returns: Scalar, ..special(name, parameters, which, about) }
}

const fn native(name: &'static str) -> Function {
    special(name, &[Vector], Special::NativeHistogram, "is about native histograms, which are not supported yet")
}

const NUMBERS: &[Function] = &[
    number("abs", f64::abs, "takes the sign away"),
    number("ceil", f64::ceil, "rounds up"),
    number("floor", f64::floor, "rounds down"),
    number("exp", f64::exp, "is e to the power of each value"),
    number("ln", f64::ln, "is the natural logarithm"),
    number("log2", f64::log2, "is the logarithm to the base of 2"),
    number("log10", f64::log10, "is the logarithm to the base of 10"),
    number("sqrt", f64::sqrt, "is the square root"),
    number("sgn", number::sign, "is 1, 0 or -1 by the sign"),
    number("sin", f64::sin, "is the sine of radians"),
    number("cos", f64::cos, "is the cosine of radians"),
    number("tan", f64::tan, "is the tangent of radians"),
    number("asin", f64::asin, "is the arc sine"),
    number("acos", f64::acos, "is the arc cosine"),
    number("atan", f64::atan, "is the arc tangent"),
    number("sinh", f64::sinh, "is the hyperbolic sine"),
    number("cosh", f64::cosh, "is the hyperbolic cosine"),
    number("tanh", f64::tanh, "is the hyperbolic tangent"),
    number("asinh", f64::asinh, "is the inverse hyperbolic sine"),
    number("acosh", f64::acosh, "is the inverse hyperbolic cosine"),
    number("atanh", f64::atanh, "is the inverse hyperbolic tangent"),
    number("deg", f64::to_degrees, "turns radians into degrees"),
    number("rad", f64::to_radians, "turns degrees into radians"),
    Function { optional: 1, ..row("round", &[Vector, Scalar], NumberWith(number::round), "rounds to the nearest multiple") },
    row("clamp", &[Vector, Scalar, Scalar], NumberWith(number::clamp), "keeps values between two bounds"),
    row("clamp_min", &[Vector, Scalar], NumberWith(number::clamp_min), "keeps values at or above a bound"),
    row("clamp_max", &[Vector, Scalar], NumberWith(number::clamp_max), "keeps values at or below a bound"),
];

const DATES: &[Function] = &[
    date("minute", |at| f64::from(at.minute), "is the minute of the hour, in UTC"),
    date("hour", |at| f64::from(at.hour), "is the hour of the day, in UTC"),
    date("day_of_week", |at| f64::from(at.weekday), "is the day of the week, 0 for Sunday, in UTC"),
    date("day_of_month", |at| f64::from(at.day), "is the day of the month, in UTC"),
    date("day_of_year", |at| f64::from(at.day_of_year), "is the day of the year, in UTC"),
    date("days_in_month", |at| f64::from(at.days_in_month()), "is how many days the month has, in UTC"),
    date("month", |at| f64::from(at.month), "is the month of the year, in UTC"),
    date("year", |at| at.year as f64, "is the year, in UTC"),
];

const RANGES: &[Function] = &[
    counter("rate", range::rate, "is a counter's increase per second"),
    counter("increase", range::increase, "is a counter's increase over the range"),
    range("delta", range::delta, "is a gauge's change over the range"),
    range("irate", range::irate, "is a counter's increase per second between the last two samples"),
    range("idelta", range::idelta, "is the change between the last two samples"),
    range("deriv", range::deriv, "is a gauge's slope per second"),
    row(
        "predict_linear",
        &[Matrix, Scalar],
        computed(range::predict_linear),
        "is where a gauge will be so many seconds from now",
    ),
    row(
        "double_exponential_smoothing",
        &[Matrix, Scalar, Scalar],
        computed(smooth::double_exponential),
        "smooths a gauge by a smoothing and a trend factor",
    ),
    counter("resets", range::resets, "counts how often a counter was reset"),
    range("changes", range::changes, "counts how often the value changed"),
    range("avg_over_time", range::average, "is the mean of the range"),
    extreme("min_over_time", range::minimum, Keep::Least, "is the least value of the range"),
    extreme("max_over_time", range::maximum, Keep::Greatest, "is the greatest value of the range"),
    range("sum_over_time", range::sum, "is the sum of the range"),
    range("count_over_time", range::count, "counts the samples of the range"),
    range("stddev_over_time", range::deviation, "is the standard deviation of the range"),
    range("stdvar_over_time", range::variance, "is the variance of the range"),
    range("mad_over_time", range::median_deviation, "is the median distance from the median of the range"),
    range("present_over_time", |_| Some(1.0), "is 1 where the range has any sample"),
    range("ts_of_first_over_time", range::moment_of_first, "is when the range's first sample was"),
    range("ts_of_last_over_time", range::moment_of_last, "is when the range's last sample was"),
    range("ts_of_min_over_time", range::moment_of_minimum, "is when the range's least value was last"),
    range("ts_of_max_over_time", range::moment_of_maximum, "is when the range's greatest value was last"),
    picked("last_over_time", |window| window.values.last().copied(), "is the last sample of the range"),
    picked("first_over_time", |window| window.values.first().copied(), "is the first sample of the range"),
    row("quantile_over_time", &[Scalar, Matrix], computed(range::quantile_over_time), "is a quantile of the range"),
];

const SPECIALS: &[Function] = &[
    scalar("time", &[], Special::Time, "is the moment asked for, in seconds"),
    scalar("pi", &[], Special::Pi, "is π"),
    scalar("start", &[], Special::Start, "is when the query starts, in seconds"),
    scalar("end", &[], Special::End, "is when the query ends, in seconds"),
    scalar("step", &[], Special::Step, "is the distance of the query's steps, in seconds"),
    scalar("range", &[], Special::Extent, "is how long the query's range is, in seconds"),
    scalar("min_of", &[Scalar, Scalar], Special::Least, "is the lesser of two numbers"),
    scalar("max_of", &[Scalar, Scalar], Special::Most, "is the greater of two numbers"),
    special("timestamp", &[Vector], Special::Timestamp, "is when each sample was, in seconds"),
    scalar("scalar", &[Vector], Special::Scalar, "makes a number of a vector with one series"),
    special("vector", &[Scalar], Special::Vector, "makes a vector of a number"),
    special("absent", &[Vector], Special::Absent, "is 1 where a vector has no series"),
    special("absent_over_time", &[Matrix], Special::AbsentOverTime, "is 1 where a range has no samples"),
    special("sort", &[Vector], Special::Sort { descending: false }, "sorts series by value"),
    special("sort_desc", &[Vector], Special::Sort { descending: true }, "sorts series by value, greatest first"),
    Function {
        optional: 1,
        repeats: true,
        ..special("sort_by_label", &[Vector, Text], Special::SortByLabel { descending: false }, "sorts series by labels")
    },
    Function {
        optional: 1,
        repeats: true,
        ..special(
            "sort_by_label_desc",
            &[Vector, Text],
            Special::SortByLabel { descending: true },
            "sorts series by labels, last first",
        )
    },
    special("label_replace", &[Vector, Text, Text, Text, Text], Special::LabelReplace, "sets a label from parts of another"),
    Function {
        optional: 1,
        repeats: true,
        ..special("label_join", &[Vector, Text, Text, Text], Special::LabelJoin, "sets a label from several others")
    },
    special("histogram_quantile", &[Scalar, Vector], Special::HistogramQuantile, "is a quantile of a histogram"),
    Function {
        repeats: true,
        ..special(
            "histogram_quantiles",
            &[Vector, Text, Scalar],
            Special::HistogramQuantiles,
            "is several quantiles of a histogram, told apart by a label",
        )
    },
    special(
        "histogram_fraction",
        &[Scalar, Scalar, Vector],
        Special::HistogramFraction,
        "is the share of a histogram between two bounds",
    ),
    Function {
        optional: 1,
        ..special("info", &[Vector, Vector], Special::Info, "adds the labels of info metrics such as `target_info`")
    },
];

const NATIVE: &[Function] = &[
    native("histogram_avg"),
    native("histogram_count"),
    native("histogram_sum"),
    native("histogram_stddev"),
    native("histogram_stdvar"),
];
