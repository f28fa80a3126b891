//! `absent` and `absent_over_time`: 1 where nothing is, with the labels that were asked for.

use super::super::Run;
use super::super::value::{Column, absent, is_absent};
use crate::QueryError;
use crate::functions::range::RangeFunction;
use crate::syntax::tree::{Call, Node, Prepared};

const PRESENT: RangeFunction = RangeFunction { compute: |_| Some(1.0), keeps_name: false, counts_falls: false, keep: None };

impl Run<'_> {
    pub(super) fn absent(&self, of: &Node, call: &Call) -> Result<Vec<Column>, QueryError> {
        let mut values = vec![1.0; self.grid.steps];
        self.stream(of, &mut |row| {
            mark(&mut values, row.values);
            Ok(())
        })?;
        Ok(answer(values, call))
    }

    pub(super) fn absent_over_time(&self, of: &Node, call: &Call) -> Result<Vec<Column>, QueryError> {
        let mut values = vec![1.0; self.grid.steps];
        self.windows(of, PRESENT, &[], &mut |row| {
            mark(&mut values, row.values);
            Ok(())
        })?;
        Ok(answer(values, call))
    }
}

fn mark(values: &mut [f64], present: &[f64]) {
    for (value, _) in values.iter_mut().zip(present).filter(|(_, present)| !is_absent(**present)) {
        *value = absent();
    }
}

fn answer(values: Vec<f64>, call: &Call) -> Vec<Column> {
    let labels = match &call.prepared {
        Prepared::Absent(labels) => labels.clone(),
        _ => vitrine_model::Labels::new(),
    };
    let column = Column { labels, drops_name: false, values };
    if column.is_empty() { Vec::new() } else { vec![column] }
}
