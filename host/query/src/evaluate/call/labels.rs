//! `label_replace` and `label_join`.

use vitrine_model::Labels;
use vitrine_model::labels::NAME;

use super::super::Run;
use super::super::value::{Column, relabel};
use crate::QueryError;
use crate::syntax::tree::{Call, Node, Prepared};

impl Run<'_> {
    pub(super) fn relabelled(&self, of: &Node, call: &Call) -> Result<Vec<Column>, QueryError> {
        let columns = self.vector(of)?;
        match &call.prepared {
            Prepared::Replace { target, replacement, source, pattern } => {
                relabel(columns, |column| match replaced(&column.labels, replacement, source, pattern) {
                    Some(value) => set(column, target, &value),
                    None => (column.labels.clone(), column.drops_name),
                })
            }
            Prepared::Join { target, separator, sources } => relabel(columns, |column| {
                let parts: Vec<&str> = sources.iter().map(|source| column.labels.get(source).unwrap_or("")).collect();
                set(column, target, &parts.join(separator))
            }),
            _ => Ok(columns),
        }
    }
}

/// A name that was set is a name again.
fn set(column: &Column, target: &str, value: &str) -> (Labels, bool) {
    (column.labels.with([(target, value)]), column.drops_name && target != NAME)
}

fn replaced(labels: &Labels, replacement: &str, source: &str, pattern: &regex::Regex) -> Option<String> {
    let found = pattern.captures(labels.get(source).unwrap_or(""))?;
    let mut value = String::new();
    found.expand(replacement, &mut value);
    Some(value)
}
