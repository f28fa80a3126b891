//! Classic histograms: series with an `le` label that count what lies at or below it.

use std::collections::HashMap;

use vitrine_model::Labels;
use vitrine_model::labels::NAME;

use super::super::Run;
use super::super::notes::{Go, of_metric};
use super::super::value::{Column, Gather, Value, absent, is_absent};
use crate::QueryError;
use crate::functions::histogram::{Bucket, fraction, quantile};
use crate::syntax::tree::Node;

const UPPER: &str = "le";

/// The series of one histogram.
struct Histogram {
    name: String,
    labels: Labels,
    columns: Vec<(f64, Column)>,
}

impl Run<'_> {
    pub(super) fn histogram_quantile(&self, wanted: &Node, of: &Node) -> Result<Vec<Column>, QueryError> {
        let quantiles = self.scalar(wanted)?;
        self.query.notes.check_quantiles(wanted.place, &quantiles);
        let histograms = self.histograms(of)?;
        self.quantiles_of(&histograms, &quantiles, of)
    }

    /// One series for each histogram and quantile.
    pub(super) fn histogram_quantiles(&self, of: &Node, label: &Node, wanted: &[Node]) -> Result<Vec<Column>, QueryError> {
        let Value::Text(label) = self.evaluate(label)? else {
            return Err(QueryError::Invalid("`histogram_quantiles` misses the label that will hold the quantiles".to_owned()));
        };
        let histograms = self.histograms(of)?;
        let mut gather = Gather::default();
        for node in wanted {
            let quantiles = self.scalar(node)?;
            self.query.notes.check_quantiles(node.place, &quantiles);
            let written = quantiles.first().map(|quantile| Go(*quantile).to_string()).unwrap_or_default();
            for column in self.quantiles_of(&histograms, &quantiles, of)? {
                let labels = column.labels.with([(label.as_str(), written.as_str())]);
                gather.add(Column { labels, ..column }).map_err(|clash| {
                    QueryError::Invalid(format!("vector cannot contain metrics with the same labelset: {}", clash.0))
                })?;
            }
        }
        Ok(gather.finish())
    }

    fn quantiles_of(&self, histograms: &[Histogram], wanted: &[f64], of: &Node) -> Result<Vec<Column>, QueryError> {
        self.each_step(histograms, |histogram, step, buckets| {
            let (value, forced) = quantile(wanted[step], buckets);
            if forced {
                let words = "input to histogram_quantile needed to be fixed for monotonicity \
                             (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)";
                self.query.notes.inform(of.place, &format!("{words}{}", of_metric(&histogram.name)));
            }
            value
        })
    }

    pub(super) fn histogram_fraction(&self, lower: &Node, upper: &Node, of: &Node) -> Result<Vec<Column>, QueryError> {
        let (lower, upper) = (self.scalar(lower)?, self.scalar(upper)?);
        let histograms = self.histograms(of)?;
        self.each_step(&histograms, |_, step, buckets| fraction(lower[step], upper[step], buckets))
    }

    fn histograms(&self, of: &Node) -> Result<Vec<Histogram>, QueryError> {
        // Metrics of two names are two histograms, though both names go in the end.
        let mut places: HashMap<Labels, usize> = HashMap::new();
        let mut histograms: Vec<Histogram> = Vec::new();
        for column in self.vector(of)? {
            let name = column.labels.get(NAME).unwrap_or("").to_owned();
            let written = column.labels.get(UPPER).unwrap_or("");
            let Some(upper) = bound(written) else {
                let words = "bucket label \"le\" is missing or has a malformed value of";
                self.query.notes.warn(of.place, &format!("{words} {written:?}{}", of_metric(&name)));
                continue;
            };
            let labels = column.labels.filter(|name| name != UPPER);
            let place = *places.entry(labels).or_insert_with_key(|labels| {
                histograms.push(Histogram { name, labels: labels.clone(), columns: Vec::new() });
                histograms.len() - 1
            });
            histograms[place].columns.push((upper, column));
        }
        for histogram in &mut histograms {
            histogram.columns.sort_by(|a, b| a.0.total_cmp(&b.0));
        }
        Ok(histograms)
    }

    /// What `compute` makes of each histogram's buckets at each step.
    fn each_step(
        &self,
        histograms: &[Histogram],
        compute: impl Fn(&Histogram, usize, &mut Vec<Bucket>) -> f64,
    ) -> Result<Vec<Column>, QueryError> {
        let mut results = Vec::with_capacity(histograms.len());
        let mut buckets = Vec::new();
        for histogram in histograms {
            self.query.watch.check()?;
            let mut values = Vec::with_capacity(self.grid.steps);
            for step in 0..self.grid.steps {
                buckets.clear();
                let counts = histogram.columns.iter().map(|(upper, column)| Bucket { upper: *upper, count: column.values[step] });
                buckets.extend(counts.filter(|bucket| !is_absent(bucket.count)));
                values.push(if buckets.is_empty() { absent() } else { compute(histogram, step, &mut buckets) });
            }
            results.push(Column { labels: histogram.labels.clone(), drops_name: true, values });
        }
        Ok(results)
    }
}

fn bound(text: &str) -> Option<f64> {
    text.parse().ok().filter(|bound: &f64| !bound.is_nan())
}
