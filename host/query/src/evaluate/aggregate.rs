//! Aggregations: many series become one per group.

mod fold;
mod keep;

use std::collections::HashMap;

use vitrine_model::Labels;

use super::Run;
use super::group::Groups;
use super::value::{Column, Value, absent, is_absent};
use crate::QueryError;
use crate::functions::statistics::quantile;
use crate::syntax::tree::{Aggregate, AggregateKind};
use fold::Fold;

/// One group: whether its name goes, and its series.
pub(super) struct Members {
    pub(super) drops_name: bool,
    pub(super) columns: Vec<Column>,
}

impl Run<'_> {
    pub(super) fn aggregate(&self, aggregate: &Aggregate) -> Result<Vec<Column>, QueryError> {
        match aggregate.kind {
            AggregateKind::Quantile => self.quantiles(aggregate),
            AggregateKind::CountValues => self.count_values(aggregate),
            AggregateKind::Top | AggregateKind::Bottom | AggregateKind::Limit | AggregateKind::LimitRatio => self.keep(aggregate),
            _ => self.fold(aggregate),
        }
    }

    /// What can be added up series by series is never held.
    fn fold(&self, aggregate: &Aggregate) -> Result<Vec<Column>, QueryError> {
        let mut groups = Groups::new(&aggregate.grouping);
        let mut folds: Vec<(bool, Fold)> = Vec::new();
        self.stream(&aggregate.of, &mut |row| {
            let place = groups.place(row.labels);
            if place == folds.len() {
                self.query.watch.check_size(folds.len() + 1, self.grid.steps * fold::COLUMNS)?;
                folds.push((false, Fold::new(aggregate.kind, self.grid.steps)));
            }
            if let Some((drops_name, fold)) = folds.get_mut(place)
                && fold.add(row.values)
            {
                *drops_name |= row.drops_name;
            }
            Ok(())
        })?;
        let columns = folds.into_iter().enumerate().map(|(place, (drops_name, fold))| Column {
            labels: groups.labels(place),
            drops_name,
            values: fold.finish(),
        });
        Ok(columns.filter(|column| !column.is_empty()).collect())
    }

    /// Groups in order of first appearance.
    pub(super) fn members(&self, aggregate: &Aggregate) -> Result<Vec<(Labels, Members)>, QueryError> {
        let mut groups = Groups::new(&aggregate.grouping);
        let mut found: Vec<Members> = Vec::new();
        for column in self.vector(&aggregate.of)? {
            let place = groups.place(&column.labels);
            if place == found.len() {
                found.push(Members { drops_name: false, columns: Vec::new() });
            }
            if let Some(members) = found.get_mut(place) {
                members.drops_name |= column.drops_name;
                members.columns.push(column);
            }
        }
        Ok(found.into_iter().enumerate().map(|(place, members)| (groups.labels(place), members)).collect())
    }

    pub(super) fn parameter(&self, aggregate: &Aggregate) -> Result<Vec<f64>, QueryError> {
        aggregate.parameter.as_ref().map_or(Ok(Vec::new()), |parameter| self.scalar(parameter))
    }

    fn quantiles(&self, aggregate: &Aggregate) -> Result<Vec<Column>, QueryError> {
        let wanted = self.parameter(aggregate)?;
        if let Some(parameter) = &aggregate.parameter {
            self.query.notes.check_quantiles(parameter.place, &wanted);
        }
        let mut columns = Vec::new();
        let mut present = Vec::new();
        for (labels, members) in self.members(aggregate)? {
            self.query.watch.check()?;
            let mut at = |(step, wanted): (usize, &f64)| {
                present.clear();
                present.extend(members.columns.iter().map(|column| column.values[step]).filter(|value| !is_absent(*value)));
                if present.is_empty() { absent() } else { quantile(*wanted, &mut present) }
            };
            let values = wanted.iter().enumerate().map(&mut at).collect();
            columns.push(Column { labels, drops_name: members.drops_name, values });
        }
        Ok(columns)
    }

    /// One series for each value there is.
    fn count_values(&self, aggregate: &Aggregate) -> Result<Vec<Column>, QueryError> {
        let label = match aggregate.parameter.as_ref().map(|parameter| self.evaluate(parameter)).transpose()? {
            Some(Value::Text(label)) => label,
            _ => String::new(),
        };
        if label.is_empty() || label.contains(char::REPLACEMENT_CHARACTER) {
            return Err(QueryError::Invalid(format!("invalid label name {label:?}: give the label that will hold the values")));
        }
        let mut places: HashMap<Labels, usize> = HashMap::new();
        let mut columns: Vec<Column> = Vec::new();
        for (labels, members) in self.members(aggregate)? {
            for column in &members.columns {
                self.query.watch.check_size(columns.len(), self.grid.steps)?;
                for (step, value) in column.values.iter().enumerate().filter(|(_, value)| !is_absent(**value)) {
                    let counted = labels.with([(label.as_str(), written(*value).as_str())]);
                    let place = *places.entry(counted).or_insert_with_key(|labels| {
                        let values = vec![absent(); self.grid.steps];
                        columns.push(Column { labels: labels.clone(), drops_name: members.drops_name, values });
                        columns.len() - 1
                    });
                    let slot = &mut columns[place].values[step];
                    *slot = if is_absent(*slot) { 1.0 } else { *slot + 1.0 };
                }
            }
        }
        Ok(columns)
    }
}

/// A value as a label: never with an exponent.
fn written(value: f64) -> String {
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    value.to_string()
}
