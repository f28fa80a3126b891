//! Operators between two values; between vectors, series are matched by their labels.

use std::collections::HashMap;

use vitrine_model::Labels;
use vitrine_model::labels::NAME;

use super::Run;
use super::value::{Clash, Column, Gather, Value, absent, drop_names, is_absent};
use crate::QueryError;
use crate::plan::{Binary, Cardinality, Grouping, Operator};

impl Run<'_> {
    pub(super) fn binary(&self, binary: &Binary) -> Result<Value, QueryError> {
        let left = self.evaluate(&binary.left)?;
        let right = self.evaluate(&binary.right)?;
        match (left, right) {
            (Value::Scalar(left), Value::Scalar(right)) => {
                let both = left.iter().zip(&right);
                Ok(Value::Scalar(both.map(|(left, right)| truth_or_number(binary.operator, *left, *right)).collect()))
            }
            (Value::Vector(columns), Value::Scalar(scalars)) => {
                with_scalar(binary, columns, &scalars, |value, scalar| (value, scalar))
            }
            (Value::Scalar(scalars), Value::Vector(columns)) => {
                with_scalar(binary, columns, &scalars, |value, scalar| (scalar, value))
            }
            (Value::Vector(left), Value::Vector(right)) => Ok(Value::Vector(match binary.operator {
                Operator::And | Operator::Or | Operator::Unless => self.set(binary, left, right)?,
                _ => self.matched(binary, left, &right)?,
            })),
            _ => Err(QueryError::Syntax("operators work on numbers and vectors, not on strings".to_owned())),
        }
    }

    /// Each pair of series that belong together.
    fn matched(&self, binary: &Binary, left: Vec<Column>, right: &[Column]) -> Result<Vec<Column>, QueryError> {
        let matching = &binary.matching;
        // The side that may have several series per match is called "many"; one to one, that is the left.
        let swapped = matches!(matching.cardinality, Cardinality::OneToMany(_));
        let (many, one): (&[Column], &[Column]) = if swapped { (right, &left) } else { (&left, right) };
        let mut ones: HashMap<Labels, Vec<&Column>> = HashMap::new();
        for column in one {
            ones.entry(matching.labels.key(&column.labels)).or_default().push(column);
        }
        ones.iter().try_for_each(|(key, columns)| check_single(key, columns, swapped))?;
        if matches!(matching.cardinality, Cardinality::OneToOne) {
            check_pairs(binary, many, &ones)?;
        }

        let mut gather = Gather::default();
        for column in many {
            self.watch.check()?;
            let partners = ones.get(&matching.labels.key(&column.labels));
            for partner in partners.into_iter().flatten() {
                let (from_left, from_right) =
                    if swapped { (&partner.values, &column.values) } else { (&column.values, &partner.values) };
                let values =
                    from_left.iter().zip(from_right).map(|(left, right)| combine(binary, *left, *right, *left)).collect();
                let result = Column { labels: result_labels(binary, &column.labels, &partner.labels), values };
                if !result.is_empty() {
                    gather.add(result).map_err(|Clash(labels)| ambiguous(binary, &labels))?;
                }
            }
        }
        Ok(gather.finish())
    }
}

impl Grouping {
    /// What of the labels counts.
    pub(super) fn key(&self, labels: &Labels) -> Labels {
        match self {
            Grouping::Only(names) => labels.filter(|name| names.iter().any(|wanted| wanted == name)),
            Grouping::AllBut(names) => labels.filter(|name| name != NAME && !names.iter().any(|unwanted| unwanted == name)),
        }
    }
}

/// `order` puts the vector's value and the scalar on their sides.
fn with_scalar(
    binary: &Binary,
    mut columns: Vec<Column>,
    scalars: &[f64],
    order: impl Fn(f64, f64) -> (f64, f64),
) -> Result<Value, QueryError> {
    for column in &mut columns {
        for (value, scalar) in column.values.iter_mut().zip(scalars) {
            if !is_absent(*value) {
                let (left, right) = order(*value, *scalar);
                *value = combine(binary, left, right, *value);
            }
        }
    }
    columns.retain(|column| !column.is_empty());
    let filters = binary.operator.is_comparison() && !binary.answers_bool;
    Ok(Value::Vector(if filters { columns } else { drop_names(columns)? }))
}

/// The result at one step; `kept` is what a filter lets through.
fn combine(binary: &Binary, left: f64, right: f64, kept: f64) -> f64 {
    if is_absent(left) || is_absent(right) {
        return absent();
    }
    if binary.operator.is_comparison() && !binary.answers_bool {
        return if holds(binary.operator, left, right) { kept } else { absent() };
    }
    truth_or_number(binary.operator, left, right)
}

fn truth_or_number(operator: Operator, left: f64, right: f64) -> f64 {
    match operator {
        Operator::Add => left + right,
        Operator::Subtract => left - right,
        Operator::Multiply => left * right,
        Operator::Divide => left / right,
        Operator::Modulo => left % right,
        Operator::Power => left.powf(right),
        Operator::Atan2 => left.atan2(right),
        _ => f64::from(u8::from(holds(operator, left, right))),
    }
}

fn holds(operator: Operator, left: f64, right: f64) -> bool {
    match operator {
        Operator::Equal => left == right,
        Operator::NotEqual => left != right,
        Operator::Less => left < right,
        Operator::LessOrEqual => left <= right,
        Operator::Greater => left > right,
        Operator::GreaterOrEqual => left >= right,
        _ => false,
    }
}

/// The side of "one" must have at most one series per match and step.
fn check_single(key: &Labels, columns: &[&Column], is_left: bool) -> Result<(), QueryError> {
    let [first, rest @ ..] = columns else { return Ok(()) };
    let mut taken: Vec<bool> = first.values.iter().map(|value| !is_absent(*value)).collect();
    for column in rest {
        for (taken, value) in taken.iter_mut().zip(&column.values) {
            let present = !is_absent(*value);
            if present && *taken {
                let side = if is_left { "left" } else { "right" };
                return Err(QueryError::Invalid(format!(
                    "several series on the {side} side match {key}, such as {} and {}: match on more labels, or aggregate that side",
                    first.labels, column.labels
                )));
            }
            *taken |= present;
        }
    }
    Ok(())
}

/// One to one, a series has at most one partner per step, also where a comparison would let nothing through.
fn check_pairs(binary: &Binary, many: &[Column], ones: &HashMap<Labels, Vec<&Column>>) -> Result<(), QueryError> {
    let mut taken: HashMap<Labels, Vec<bool>> = HashMap::new();
    for column in many {
        let key = binary.matching.labels.key(&column.labels);
        let Some(partners) = ones.get(&key) else { continue };
        let taken = taken.entry(key).or_insert_with(|| vec![false; column.values.len()]);
        for (step, _) in column.values.iter().enumerate().filter(|(_, value)| !is_absent(**value)) {
            if partners.iter().all(|partner| is_absent(partner.values[step])) {
                continue;
            }
            if std::mem::replace(&mut taken[step], true) {
                return Err(ambiguous(binary, &binary.matching.labels.key(&column.labels)));
            }
        }
    }
    Ok(())
}

fn ambiguous(binary: &Binary, labels: &Labels) -> QueryError {
    QueryError::Invalid(match binary.matching.cardinality {
        Cardinality::OneToOne => {
            format!("several series on the left side match {labels}: add `group_left` if that is meant, or match on more labels")
        }
        _ => format!("several results would be {labels}: the labels of the grouped side must tell them apart"),
    })
}

fn result_labels(binary: &Binary, many: &Labels, one: &Labels) -> Labels {
    let filters = binary.operator.is_comparison() && !binary.answers_bool;
    let many = if filters { many.clone() } else { many.without_name() };
    match (&binary.matching.cardinality, &binary.matching.labels) {
        (Cardinality::OneToOne, Grouping::Only(names)) => many.filter(|name| names.iter().any(|wanted| wanted == name)),
        (Cardinality::OneToOne, Grouping::AllBut(names)) => many.filter(|name| !names.iter().any(|unwanted| unwanted == name)),
        // An empty value takes the label away, as it should where the side of one has none.
        (Cardinality::ManyToOne(taken) | Cardinality::OneToMany(taken), _) => {
            many.with(taken.iter().map(|name| (name.as_str(), one.get(name).unwrap_or(""))))
        }
    }
}
