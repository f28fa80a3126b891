//! Aggregations: many series become one per group.

use std::collections::HashMap;

use vitrine_model::Labels;

use super::Run;
use super::value::{Column, absent, is_absent};
use crate::QueryError;
use crate::functions::statistics::{Moments, Sum, quantile};
use crate::plan::{Aggregate, AggregateKind, Grouping};

impl Run<'_> {
    pub(super) fn aggregate(&self, aggregate: &Aggregate) -> Result<Vec<Column>, QueryError> {
        let parameters = aggregate.parameter.as_ref().map(|parameter| self.scalar(parameter)).transpose()?;
        let groups = group(self.vector(&aggregate.of)?, &aggregate.grouping);
        if matches!(aggregate.kind, AggregateKind::Top | AggregateKind::Bottom) {
            return self.rank(aggregate.kind, groups, &parameters.unwrap_or_default());
        }
        let mut columns = Vec::with_capacity(groups.len());
        for (labels, members) in groups {
            self.watch.check()?;
            let mut members_at = Vec::with_capacity(members.len());
            let mut values = Vec::with_capacity(self.grid.steps);
            for step in 0..self.grid.steps {
                members_at.clear();
                members_at.extend(members.iter().map(|member| member.values[step]).filter(|value| !is_absent(*value)));
                let parameter = parameters.as_ref().map_or(f64::NAN, |parameters| parameters[step]);
                values.push(if members_at.is_empty() { absent() } else { fold(aggregate.kind, &mut members_at, parameter) });
            }
            columns.push(Column { labels, values });
        }
        columns.retain(|column| !column.is_empty());
        Ok(columns)
    }
}

/// Groups in order of first appearance.
fn group(columns: Vec<Column>, grouping: &Grouping) -> Vec<(Labels, Vec<Column>)> {
    let mut places: HashMap<Labels, usize> = HashMap::new();
    let mut groups: Vec<(Labels, Vec<Column>)> = Vec::new();
    for column in columns {
        let key = grouping.key(&column.labels);
        let place = *places.entry(key).or_insert_with_key(|key| {
            groups.push((key.clone(), Vec::new()));
            groups.len() - 1
        });
        groups[place].1.push(column);
    }
    groups
}

/// One step of one group; there is at least one value.
fn fold(kind: AggregateKind, values: &mut [f64], parameter: f64) -> f64 {
    match kind {
        AggregateKind::Sum => values.iter().copied().collect::<Sum>().total(),
        AggregateKind::Average => values.iter().copied().collect::<Moments>().mean(),
        AggregateKind::Minimum => values.iter().copied().fold(f64::NAN, f64::min),
        AggregateKind::Maximum => values.iter().copied().fold(f64::NAN, f64::max),
        AggregateKind::Count => values.len() as f64,
        AggregateKind::Group => 1.0,
        AggregateKind::Deviation => values.iter().copied().collect::<Moments>().variance().sqrt(),
        AggregateKind::Variance => values.iter().copied().collect::<Moments>().variance(),
        AggregateKind::Quantile => quantile(parameter, values),
        // Ranked elsewhere: they keep their members.
        AggregateKind::Top | AggregateKind::Bottom => absent(),
    }
}
