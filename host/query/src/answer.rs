//! What a query answers.

use vitrine_model::frame::{Column, Frame, Values};
use vitrine_model::sample::Series;
use vitrine_model::{Labels, Millis};

/// The answer at one moment.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    Scalar(f64),
    Text(String),
    /// In the order the expression gives: `sort` and `topk` have one.
    Vector(Vec<(Labels, f64)>),
    /// The samples of a range such as `metric[5m]`.
    Samples(Vec<Series>),
}

/// The answer over a range of moments.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    pub times: Vec<Millis>,
    /// In order of labels; as many values each as there are times. Where there is none stands the stale marker, which is
    /// a NaN, but none that is ever a value.
    pub series: Vec<(Labels, Vec<f64>)>,
}

impl Matrix {
    /// A `time` column and one column of numbers per series, named as the series prints.
    pub fn into_frame(self, name: impl Into<String>) -> Frame {
        let time = Column { name: "time".to_owned(), labels: Labels::new(), unit: None, values: Values::Times(self.times) };
        let numbers = self.series.into_iter().map(|(labels, values)| Column {
            name: labels.to_string(),
            labels,
            unit: None,
            values: Values::Numbers(values),
        });
        Frame { name: name.into(), columns: std::iter::once(time).chain(numbers).collect() }
    }
}
