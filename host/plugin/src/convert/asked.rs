//! What a guest answers when somebody asks it: its actions, and pages of its log.

use vitrine_model::Fault;
use vitrine_model::port::source::{Action, LogLine, LogPage};

use super::{cut, labels_in, sentence, wrong};
use crate::bindings::exported;

/// Actions of one source.
const ACTIONS: usize = 100;
const NAME_BYTES: usize = 256;
const SCHEMA_BYTES: usize = 64 << 10;
const LEVEL_BYTES: usize = 32;
const MESSAGE_BYTES: usize = 16 << 10;
const CURSOR_BYTES: usize = 4 << 10;

pub(crate) fn actions(offered: Vec<exported::actions::Action>) -> Result<Vec<Action>, Fault> {
    if offered.len() > ACTIONS {
        return Err(wrong(format!("it offers {} actions, {ACTIONS} are allowed", offered.len())));
    }
    let mut actions: Vec<Action> = Vec::with_capacity(offered.len());
    for action in offered {
        if action.name.is_empty() || action.name.len() > NAME_BYTES {
            return Err(wrong(format!("an action's name of {} bytes: 1 to {NAME_BYTES} are allowed", action.name.len())));
        }
        if actions.iter().any(|known| known.name == action.name) {
            return Err(wrong(format!("two actions are called `{}`", action.name)));
        }
        let is_schema = matches!(serde_json::from_str(&action.arguments), Ok(serde_json::Value::Object(_)));
        if action.arguments.len() > SCHEMA_BYTES || !is_schema {
            return Err(wrong(format!("the arguments of the action `{}` are no JSON Schema", action.name)));
        }
        actions.push(Action {
            title: sentence(action.title),
            description: sentence(action.description),
            destructive: action.destructive,
            arguments: action.arguments,
            name: action.name,
        });
    }
    Ok(actions)
}

pub(crate) fn page(page: exported::logs::Page, limit: u32) -> Result<LogPage, Fault> {
    let count = page.times.len();
    if page.levels.len() != count || page.messages.len() != count {
        return Err(wrong("the columns of a page of its log differ in length"));
    }
    if count > limit as usize {
        return Err(wrong(format!("{count} log lines came where {limit} were asked for")));
    }
    if page.cursor.as_ref().is_some_and(|cursor| cursor.len() > CURSOR_BYTES) {
        return Err(wrong(format!("the cursor of a page of its log is longer than {CURSOR_BYTES} bytes")));
    }
    let line = |((time, level), message): ((i64, String), String)| LogLine {
        time,
        level: cut(level, LEVEL_BYTES),
        message: cut(message, MESSAGE_BYTES),
    };
    let lines = page.times.into_iter().zip(page.levels).zip(page.messages).map(line).collect();
    Ok(LogPage { lines, labels: labels_in(page.labels), cursor: page.cursor })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn action(name: &str, arguments: &str) -> exported::actions::Action {
        exported::actions::Action {
            name: name.to_owned(),
            title: String::new(),
            description: String::new(),
            destructive: false,
            arguments: arguments.to_owned(),
        }
    }

    #[test]
    fn actions_have_names_of_their_own_and_schemas() {
        assert_eq!(actions(vec![action("a", "{}"), action("b", "{}")]).map(|list| list.len()), Ok(2));
        for wrong in [
            vec![action("a", "{}"), action("a", "{}")],
            vec![action("", "{}")],
            vec![action(&"a".repeat(NAME_BYTES + 1), "{}")],
            vec![action("a", "no json")],
            vec![action("a", "[]")],
            (0..=ACTIONS).map(|number| action(&number.to_string(), "{}")).collect(),
        ] {
            assert_eq!(actions(wrong).map_err(|fault| fault.whose()), Err("internal"));
        }
    }

    #[test]
    fn a_page_is_even_and_no_longer_than_asked() {
        let made = |times: usize, messages: usize| exported::logs::Page {
            times: vec![1; times],
            levels: vec!["a level that is longer than any level is".to_owned(); times],
            messages: vec!["m".repeat(MESSAGE_BYTES + 1); messages],
            labels: Vec::new(),
            cursor: None,
        };
        let taken = page(made(2, 2), 2).map(|page| page.lines).unwrap_or_default();
        assert_eq!((taken.len(), taken[0].message.len(), taken[0].level.len()), (2, MESSAGE_BYTES, LEVEL_BYTES));
        for wrong in [page(made(2, 1), 2), page(made(3, 3), 2)] {
            assert_eq!(wrong.map_err(|fault| fault.whose()), Err("internal"));
        }
    }
}
