//! `topk` and `bottomk`: members stay themselves, most of them go.

use std::cmp::Ordering;

use vitrine_model::Labels;

use super::Run;
use super::value::{Column, absent, is_absent};
use crate::QueryError;
use crate::plan::AggregateKind;

impl Run<'_> {
    pub(super) fn rank(
        &self,
        kind: AggregateKind,
        groups: Vec<(Labels, Vec<Column>)>,
        counts: &[f64],
    ) -> Result<Vec<Column>, QueryError> {
        let mut ranked = Vec::new();
        for (_, mut members) in groups {
            for (step, count) in counts.iter().enumerate() {
                self.watch.check()?;
                keep_best(kind, &mut members, step, places(*count)?);
            }
            members.retain(|member| !member.is_empty());
            // Over several steps there is no one order.
            if self.grid.steps == 1 {
                members.sort_by(|a, b| order(kind, a.values[0], b.values[0]));
            }
            ranked.append(&mut members);
        }
        Ok(ranked)
    }
}

fn places(count: f64) -> Result<usize, QueryError> {
    if count.is_nan() {
        return Err(QueryError::Invalid("the number of series to keep is not a number".to_owned()));
    }
    // Saturates: a negative count keeps none, a vast one all.
    Ok(count as usize)
}

fn keep_best(kind: AggregateKind, members: &mut [Column], step: usize, places: usize) {
    let mut present: Vec<usize> = (0..members.len()).filter(|member| !is_absent(members[*member].values[step])).collect();
    if present.len() <= places {
        return;
    }
    present.sort_by(|a, b| order(kind, members[*a].values[step], members[*b].values[step]));
    for member in &present[places..] {
        members[*member].values[step] = absent();
    }
}

/// Best first; NaN is always worst.
fn order(kind: AggregateKind, a: f64, b: f64) -> Ordering {
    a.is_nan().cmp(&b.is_nan()).then_with(|| {
        let rising = a.partial_cmp(&b).unwrap_or(Ordering::Equal);
        if kind == AggregateKind::Top { rising.reverse() } else { rising }
    })
}
