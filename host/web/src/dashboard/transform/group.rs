//! Rows with the same values become one.

use std::collections::{BTreeMap, HashMap};

use schemars::JsonSchema;
use serde::Deserialize;
use vitrine_model::frame::{Column, Frame, Values};

use super::reduce::Reduction;
use super::{cells, find};

/// What is the same, and what is taken of the rest.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupFile {
    pub by: Columns,
    /// Columns of numbers, and what of them counts: `{ value: sum }`.
    #[serde(default)]
    pub take: BTreeMap<String, Reduction>,
}

/// One column, or several.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Columns {
    One(String),
    Several(Vec<String>),
}

impl GroupFile {
    fn by(&self) -> Vec<&str> {
        match &self.by {
            Columns::One(one) => vec![one],
            Columns::Several(several) => several.iter().map(String::as_str).collect(),
        }
    }

    /// All columns it names.
    pub(super) fn columns(&self) -> Vec<&str> {
        self.by().into_iter().chain(self.take.keys().map(String::as_str)).collect()
    }
}

pub(super) fn group(group: &GroupFile, frame: Frame) -> Frame {
    let by: Vec<&Column> = group.by().into_iter().filter_map(|name| find(&frame, name)).collect();
    let mut places: HashMap<Vec<String>, usize> = HashMap::new();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for row in 0..cells::rows(&frame) {
        let key: Vec<String> = by.iter().map(|column| cells::text(&column.values, row)).collect();
        let place = *places.entry(key).or_insert(groups.len());
        if place == groups.len() {
            groups.push(Vec::new());
        }
        groups[place].push(row);
    }
    let heads: Vec<usize> = groups.iter().filter_map(|rows| rows.first().copied()).collect();
    let mut columns: Vec<Column> = Vec::new();
    for column in &frame.columns {
        let values = if by.iter().any(|one| one.name == column.name) {
            cells::pick(&column.values, &heads)
        } else if let Some(how) = group.take.get(&column.name) {
            let of = |rows: &Vec<usize>| how.of(rows.iter().map(|row| cells::number(&column.values, *row)));
            Values::Numbers(groups.iter().map(of).collect())
        } else {
            continue;
        };
        columns.push(Column { values, ..column.clone() });
    }
    Frame { name: frame.name.clone(), columns }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dashboard::transform::tests::{frame, lines, numbers, texts};

    #[test]
    fn each_group_is_one_row_in_the_order_of_the_first() {
        let file = GroupFile {
            by: Columns::Several(vec!["host".to_owned()]),
            take: BTreeMap::from([("value".to_owned(), Reduction::Mean), ("more".to_owned(), Reduction::Count)]),
        };
        let before = frame(vec![
            texts("host", &["b", "a", "b"]),
            texts("gone", &["x", "y", "z"]),
            numbers("value", &[1.0, 2.0, 3.0]),
            numbers("more", &[1.0, f64::NAN, 3.0]),
        ]);
        assert_eq!(lines(&group(&file, before)), ["host value more", "b 2 2", "a 2 0"]);
    }
}
