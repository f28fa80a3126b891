//! `topk`, `bottomk`, `limitk`, `limit_ratio`: members stay themselves, most of them go.

use std::cmp::Ordering;

use vitrine_model::Labels;

use super::Members;
use crate::QueryError;
use crate::evaluate::Run;
use crate::evaluate::notes::Go;
use crate::evaluate::value::{Column, absent, is_absent};
use crate::syntax::tree::{Aggregate, AggregateKind};

impl Run<'_> {
    pub(super) fn keep(&self, aggregate: &Aggregate) -> Result<Vec<Column>, QueryError> {
        let parameter = self.parameter(aggregate)?;
        let kind = aggregate.kind;
        if kind == AggregateKind::LimitRatio {
            self.check_ratios(aggregate, &parameter)?;
        } else {
            parameter.iter().try_for_each(|count| check_count(*count))?;
        }
        let mut kept = Vec::new();
        for (_, Members { mut columns, .. }) in self.members(aggregate)? {
            self.query.watch.check()?;
            match kind {
                AggregateKind::LimitRatio => keep_ratio(&mut columns, &parameter),
                AggregateKind::Limit => keep_first(&mut columns, &parameter),
                _ => self.keep_best(kind, &mut columns, &parameter)?,
            }
            columns.retain(|column| !column.is_empty());
            // Over several steps there is no one order.
            if self.grid.steps == 1 && matches!(kind, AggregateKind::Top | AggregateKind::Bottom) {
                columns.sort_by(|a, b| order(kind, a.values[0], b.values[0]));
            }
            kept.append(&mut columns);
        }
        Ok(kept)
    }

    fn check_ratios(&self, aggregate: &Aggregate, ratios: &[f64]) -> Result<(), QueryError> {
        for ratio in ratios {
            if ratio.is_nan() {
                return Err(QueryError::Invalid("Ratio value is NaN: give a number between -1 and 1".to_owned()));
            }
            if ratio.abs() > 1.0
                && let Some(parameter) = &aggregate.parameter
            {
                let words = format!(
                    "ratio value should be between -1 and 1, got {}, capping to {}",
                    Go(*ratio),
                    Go(ratio.clamp(-1.0, 1.0))
                );
                self.query.notes.warn(parameter.place, &words);
            }
        }
        Ok(())
    }

    fn keep_best(&self, kind: AggregateKind, members: &mut [Column], counts: &[f64]) -> Result<(), QueryError> {
        let mut present: Vec<(f64, usize)> = Vec::with_capacity(members.len());
        for (step, count) in counts.iter().enumerate() {
            self.query.watch.check()?;
            let places = *count as usize;
            present.clear();
            let here = members.iter().enumerate().map(|(place, member)| (member.values[step], place));
            present.extend(here.filter(|(value, _)| !is_absent(*value)));
            if present.len() <= places {
                continue;
            }
            if places > 0 {
                // Of equals the first stays.
                present.select_nth_unstable_by(places - 1, |a, b| order(kind, a.0, b.0).then(a.1.cmp(&b.1)));
            }
            for (_, place) in &present[places..] {
                members[*place].values[step] = absent();
            }
        }
        Ok(())
    }
}

/// Saturates where it may: a negative count keeps none.
fn check_count(count: f64) -> Result<(), QueryError> {
    let reason = if count.is_nan() {
        "Parameter value is NaN: give the number of series to keep".to_owned()
    } else if count <= i64::MIN as f64 {
        format!("Scalar value {} underflows int64", Go(count))
    } else if count >= i64::MAX as f64 {
        format!("Scalar value {} overflows int64", Go(count))
    } else {
        return Ok(());
    };
    Err(QueryError::Invalid(reason))
}

/// Best first; NaN is always worst.
fn order(kind: AggregateKind, a: f64, b: f64) -> Ordering {
    a.is_nan().cmp(&b.is_nan()).then_with(|| {
        let rising = a.partial_cmp(&b).unwrap_or(Ordering::Equal);
        if kind == AggregateKind::Top { rising.reverse() } else { rising }
    })
}

fn keep_first(members: &mut [Column], counts: &[f64]) {
    for (step, count) in counts.iter().enumerate() {
        let mut left = *count as usize;
        for member in members.iter_mut().filter(|member| !is_absent(member.values[step])) {
            if left == 0 {
                member.values[step] = absent();
            }
            left = left.saturating_sub(1);
        }
    }
}

/// Which series stay depends on their labels alone; a negative ratio keeps those that its complement does not.
fn keep_ratio(members: &mut [Column], ratios: &[f64]) {
    for member in members {
        let share = share(&member.labels);
        for (value, ratio) in member.values.iter_mut().zip(ratios) {
            let stays = if *ratio >= 0.0 { share < *ratio } else { share >= 1.0 + ratio };
            if !stays {
                *value = absent();
            }
        }
    }
}

/// Where between 0 and 1 these labels fall, the same on every machine and in every run (FNV-1a, stirred).
fn share(labels: &Labels) -> f64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for (name, value) in labels.iter() {
        for byte in name.bytes().chain([0xff]).chain(value.bytes()).chain([0xff]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    ((hash ^ (hash >> 33)) >> 11) as f64 / (1_u64 << 53) as f64
}
