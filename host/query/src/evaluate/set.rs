//! `and`, `or`, `unless`: which series stay depends on which labels the other side has at the step.

use std::collections::HashMap;

use vitrine_model::Labels;

use super::Run;
use super::value::{Clash, Column, Gather, absent, is_absent};
use crate::QueryError;
use crate::plan::{Binary, Grouping, Operator};

impl Run<'_> {
    pub(super) fn set(&self, binary: &Binary, left: Vec<Column>, right: Vec<Column>) -> Result<Vec<Column>, QueryError> {
        let grouping = &binary.matching.labels;
        match binary.operator {
            Operator::And => Ok(kept(grouping, left, &presence(grouping, &right), true)),
            Operator::Unless => Ok(kept(grouping, left, &presence(grouping, &right), false)),
            _ => {
                let on_left = presence(grouping, &left);
                let mut gather = Gather::default();
                for column in left.into_iter().chain(kept(grouping, right, &on_left, false)) {
                    gather.add(column).map_err(|Clash(labels)| {
                        QueryError::Invalid(format!("both sides of `or` have {labels}: match on more labels"))
                    })?;
                }
                Ok(gather.finish())
            }
        }
    }
}

/// At which steps there is a series of these labels.
type Presence = HashMap<Labels, Vec<bool>>;

fn presence(grouping: &Grouping, columns: &[Column]) -> Presence {
    let mut presence = Presence::new();
    for column in columns {
        let steps = presence.entry(grouping.key(&column.labels)).or_insert_with(|| vec![false; column.values.len()]);
        for (step, value) in steps.iter_mut().zip(&column.values) {
            *step |= !is_absent(*value);
        }
    }
    presence
}

/// The values for which the other side's presence is what is wanted.
fn kept(grouping: &Grouping, mut columns: Vec<Column>, other: &Presence, wanted: bool) -> Vec<Column> {
    for column in &mut columns {
        let steps = other.get(&grouping.key(&column.labels));
        for (step, value) in column.values.iter_mut().enumerate() {
            let present = steps.is_some_and(|steps| steps[step]);
            if present != wanted {
                *value = absent();
            }
        }
    }
    columns.retain(|column| !column.is_empty());
    columns
}
