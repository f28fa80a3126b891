//! Calls that need more than one series at a time, or none.

mod absent;
mod histogram;
mod info;
mod labels;
mod sort;

use vitrine_model::Labels;

use super::Run;
use super::value::{Column, Value, absent, is_absent};
use crate::QueryError;
use crate::functions::date::Civil;
use crate::functions::number::{largest, smallest};
use crate::functions::registry::{Does, Special};
use crate::syntax::tree::{Call, Node};

impl Run<'_> {
    pub(super) fn call(&self, call: &Call, node: &Node) -> Result<Value, QueryError> {
        let special = match call.function.does {
            Does::Special(special) => special,
            Does::Date(function) => return Ok(Value::Vector(vec![self.nameless(self.dates(function))])),
            _ => return Ok(Value::Vector(self.collect(node)?)),
        };
        let arguments = call.arguments.as_slice();
        Ok(match (special, arguments) {
            (Special::Least, [one, other]) => self.both(one, other, smallest)?,
            (Special::Most, [one, other]) => self.both(one, other, largest)?,
            (Special::Scalar, [of]) => Value::Scalar(self.single(of)?),
            (Special::Vector, [of]) => Value::Vector(vec![self.nameless(self.scalar(of)?)]),
            (_, []) => Value::Scalar(self.constant(special)),
            _ => Value::Vector(self.vector_call(special, call, node)?),
        })
    }

    fn vector_call(&self, special: Special, call: &Call, node: &Node) -> Result<Vec<Column>, QueryError> {
        let arguments = call.arguments.as_slice();
        match (special, arguments) {
            (Special::Absent, [of]) => self.absent(of, call),
            (Special::AbsentOverTime, [of]) => self.absent_over_time(of, call),
            (Special::Sort { descending }, [of]) => self.sort(of, descending, node),
            (Special::SortByLabel { descending }, [of, ..]) => self.sort_by_label(of, descending, call, node),
            (Special::LabelReplace | Special::LabelJoin, [of, ..]) => self.relabelled(of, call),
            (Special::HistogramQuantile, [quantile, of]) => self.histogram_quantile(quantile, of),
            (Special::HistogramQuantiles, [of, label, quantiles @ ..]) => self.histogram_quantiles(of, label, quantiles),
            (Special::HistogramFraction, [lower, upper, of]) => self.histogram_fraction(lower, upper, of),
            (Special::Info, [of]) => self.info(of, None),
            (Special::Info, [of, selector]) => self.info(of, Some(selector)),
            _ => Err(QueryError::Unsupported(format!("the function `{}` is not supported yet", call.function.name))),
        }
    }

    fn nameless(&self, values: Vec<f64>) -> Column {
        Column { labels: Labels::new(), drops_name: false, values }
    }

    fn seconds(&self) -> impl Iterator<Item = f64> {
        self.grid.times().map(|time| time as f64 / 1e3)
    }

    fn dates(&self, function: fn(Civil) -> f64) -> Vec<f64> {
        self.seconds().map(|seconds| Civil::of(seconds).map_or(f64::NAN, function)).collect()
    }

    fn constant(&self, special: Special) -> Vec<f64> {
        let extent = &self.query.extent;
        let number = match special {
            Special::Time => return self.seconds().collect(),
            Special::Pi => std::f64::consts::PI,
            Special::Start => extent.start as f64 / 1e3,
            Special::End => extent.end as f64 / 1e3,
            Special::Step => extent.step as f64 / 1e3,
            Special::Extent => extent.end.saturating_sub(extent.start) as f64 / 1e3,
            _ => f64::NAN,
        };
        vec![number; self.grid.steps]
    }

    fn both(&self, one: &Node, other: &Node, choose: fn(f64, f64) -> f64) -> Result<Value, QueryError> {
        let (one, other) = (self.scalar(one)?, self.scalar(other)?);
        Ok(Value::Scalar(one.iter().zip(&other).map(|(one, other)| choose(*one, *other)).collect()))
    }

    /// The value where there is exactly one series.
    fn single(&self, of: &Node) -> Result<Vec<f64>, QueryError> {
        let mut values = vec![absent(); self.grid.steps];
        self.stream(of, &mut |row| {
            for (single, value) in values.iter_mut().zip(row.values.iter()).filter(|(_, value)| !is_absent(**value)) {
                *single = if is_absent(*single) { *value } else { f64::NAN };
            }
            Ok(())
        })?;
        values.iter_mut().filter(|value| is_absent(**value)).for_each(|value| *value = f64::NAN);
        Ok(values)
    }
}
