//! Sorting, which only has a meaning at one moment.

use std::cmp::Ordering;

use super::super::Run;
use super::super::value::Column;
use crate::QueryError;
use crate::syntax::tree::{Call, Node, Prepared};

impl Run<'_> {
    /// NaN comes last either way.
    pub(super) fn sort(&self, of: &Node, descending: bool, node: &Node) -> Result<Vec<Column>, QueryError> {
        let mut columns = self.vector(of)?;
        if self.may_sort(node) {
            columns.sort_by(|a, b| {
                let (a, b) = (a.values[0], b.values[0]);
                let rising = a.partial_cmp(&b).unwrap_or(Ordering::Equal);
                a.is_nan().cmp(&b.is_nan()).then(if descending { rising.reverse() } else { rising })
            });
        }
        Ok(columns)
    }

    /// Numbers in labels count as numbers; what the labels leave open, all labels decide.
    pub(super) fn sort_by_label(&self, of: &Node, descending: bool, call: &Call, node: &Node) -> Result<Vec<Column>, QueryError> {
        let mut columns = self.vector(of)?;
        let names: &[String] = match &call.prepared {
            Prepared::Names(names) => names,
            _ => &[],
        };
        if self.may_sort(node) {
            columns.sort_by(|a, b| {
                let value = |column: &Column, name: &str| column.labels.get(name).unwrap_or("").to_owned();
                let by_names = names.iter().map(|name| natural(&value(a, name), &value(b, name)));
                let order = by_names.fold(Ordering::Equal, Ordering::then).then_with(|| a.labels.cmp(&b.labels));
                if descending { order.reverse() } else { order }
            });
        }
        Ok(columns)
    }

    fn may_sort(&self, node: &Node) -> bool {
        if self.query.is_range {
            let words = "sort is ineffective for range queries since results are always ordered by labels";
            self.query.notes.warn(node.place, words);
        }
        self.grid.steps == 1
    }
}

/// `a2` before `a10`.
fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    while !a.is_empty() && !b.is_empty() {
        let (head_a, rest_a) = head(a);
        let (head_b, rest_b) = head(b);
        let both_numbers = is_number(head_a) && is_number(head_b);
        let order = if both_numbers {
            let (short_a, short_b) = (head_a.trim_start_matches('0'), head_b.trim_start_matches('0'));
            short_a.len().cmp(&short_b.len()).then_with(|| short_a.cmp(short_b)).then_with(|| head_a.len().cmp(&head_b.len()))
        } else {
            head_a.cmp(head_b)
        };
        if order != Ordering::Equal {
            return order;
        }
        (a, b) = (rest_a, rest_b);
    }
    a.len().cmp(&b.len())
}

/// The digits, or what is none, that a text begins with.
fn head(text: &str) -> (&str, &str) {
    let digits = is_number(text);
    let end = text.find(|letter: char| letter.is_ascii_digit() != digits).unwrap_or(text.len());
    text.split_at(end)
}

fn is_number(text: &str) -> bool {
    text.starts_with(|letter: char| letter.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_sort_as_numbers() {
        let mut list = vec!["4m1000", "4m5", "4m600", "4", "4m", "b", "a10", "a9", "a09", ""];
        list.sort_by(|a, b| natural(a, b));
        assert_eq!(list, ["", "4", "4m", "4m5", "4m600", "4m1000", "a9", "a09", "a10", "b"]);
    }
}
