//! `and`, `or`, `unless`: which series stay depends on which labels the other side has at the step.

use super::Run;
use super::group::Groups;
use super::value::{Clash, Column, Gather, absent, is_absent};
use crate::QueryError;
use crate::syntax::tree::{Binary, Grouping, Operator};

impl Run<'_> {
    pub(super) fn set(&self, binary: &Binary, left: Vec<Column>, right: Vec<Column>) -> Result<Vec<Column>, QueryError> {
        let grouping = &binary.matching.labels;
        match binary.operator {
            Operator::And => Ok(Presence::of(grouping, &right).keep(left, true)),
            Operator::Unless => Ok(Presence::of(grouping, &right).keep(left, false)),
            _ => {
                let right = Presence::of(grouping, &left).keep(right, false);
                let mut gather = Gather::default();
                for column in left.into_iter().chain(right) {
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
struct Presence<'a> {
    groups: Groups<'a>,
    steps: Vec<Vec<bool>>,
}

impl<'a> Presence<'a> {
    fn of(grouping: &'a Grouping, columns: &[Column]) -> Presence<'a> {
        let mut presence = Presence { groups: Groups::new(grouping), steps: Vec::new() };
        for column in columns {
            let place = presence.groups.place(&column.labels);
            if place == presence.steps.len() {
                presence.steps.push(vec![false; column.values.len()]);
            }
            for (step, value) in presence.steps[place].iter_mut().zip(&column.values) {
                *step |= !is_absent(*value);
            }
        }
        presence
    }

    /// The values for which the presence is what is wanted.
    fn keep(&self, mut columns: Vec<Column>, wanted: bool) -> Vec<Column> {
        for column in &mut columns {
            match self.groups.find(&column.labels).map(|place| &self.steps[place]) {
                Some(steps) => {
                    for (value, _) in column.values.iter_mut().zip(steps).filter(|(_, present)| **present != wanted) {
                        *value = absent();
                    }
                }
                None if wanted => column.values.fill(absent()),
                None => {}
            }
        }
        columns.retain(|column| !column.is_empty());
        columns
    }
}
