//! Columns by other names.

use std::collections::BTreeMap;

use vitrine_model::frame::Frame;

use super::{UnknownColumn, find, unknown};

pub(super) fn rename(names: &BTreeMap<String, String>, mut frames: Vec<Frame>) -> Result<Vec<Frame>, UnknownColumn> {
    for old in names.keys() {
        if !frames.is_empty() && !frames.iter().any(|frame| find(frame, old).is_some()) {
            return Err(unknown(old, "rename", &frames));
        }
    }
    for column in frames.iter_mut().flat_map(|frame| &mut frame.columns) {
        if let Some(new) = names.get(&column.name) {
            column.name.clone_from(new);
        }
    }
    Ok(frames)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
mod tests {
    use super::*;
    use crate::dashboard::transform::tests::{frame, lines, numbers};

    #[test]
    fn names_may_be_swapped() {
        let names = BTreeMap::from([("a".to_owned(), "b".to_owned()), ("b".to_owned(), "a".to_owned())]);
        let before = frame(vec![numbers("a", &[1.0]), numbers("b", &[2.0])]);
        assert_eq!(lines(&rename(&names, vec![before.clone()]).unwrap()[0]), ["b a", "1 2"]);
        let wrong = BTreeMap::from([("aa".to_owned(), "x".to_owned())]);
        assert!(rename(&wrong, vec![before]).unwrap_err().to_string().ends_with("did you mean `a`?"));
    }
}
