//! Cuts a file into commands.

use vitrine_model::{Millis, Span};

use super::case::{Case, When};

pub(super) enum Command<'a> {
    Clear,
    Load { step: Millis, series: Vec<(usize, &'a str)> },
    Eval(Case<'a>),
    Wrong(String),
}

/// All commands with the lines they begin on. A block ends at a blank line, a comment, or the next command.
pub(super) fn commands(text: &str) -> Vec<(usize, Command<'_>)> {
    let mut lines = text.lines().enumerate().map(|(place, line)| (place + 1, line)).peekable();
    let mut commands = Vec::new();
    while let Some((number, line)) = lines.next() {
        if is_blank(line) {
            continue;
        }
        let mut block = Vec::new();
        while let Some((number, line)) = lines.next_if(|(_, line)| !is_blank(line) && !begins_command(line)) {
            block.push((number, line.trim()));
        }
        commands.push((number, command(line.trim(), block)));
    }
    commands
}

fn is_blank(line: &str) -> bool {
    line.trim().is_empty() || line.trim_start().starts_with('#')
}

fn begins_command(line: &str) -> bool {
    let first = line.split_whitespace().next().unwrap_or("");
    !line.starts_with([' ', '\t']) && (first.starts_with("eval") || ["load", "load_with_nhcb", "clear"].contains(&first))
}

fn command<'a>(line: &'a str, block: Vec<(usize, &'a str)>) -> Command<'a> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let made = match words.as_slice() {
        ["clear"] => Ok(Command::Clear),
        ["load" | "load_with_nhcb", step] => moment(step).map(|step| Command::Load { step, series: block }),
        [eval, ..] if eval.starts_with("eval") => evaluation(line, &words, block).map(Command::Eval),
        _ => Err(format!("`{line}` is no command")),
    };
    made.unwrap_or_else(Command::Wrong)
}

fn evaluation<'a>(line: &'a str, words: &[&'a str], block: Vec<(usize, &'a str)>) -> Result<Case<'a>, String> {
    let (when, query) = match words {
        [_, "instant", "at", at, ..] => (When::Instant(moment(at)?), after(line, 4)),
        [_, "instant", ..] => (When::Instant(0), after(line, 2)),
        [_, "range", "from", start, "to", end, "step", step, ..] => {
            (When::Range { start: moment(start)?, end: moment(end)?, step: moment(step)? }, after(line, 8))
        }
        _ => return Err(format!("`{line}` is no evaluation: write `eval instant at …` or `eval range from … to … step …`")),
    };
    Case::new(words[0], when, query, &block)
}

/// What follows so many words.
fn after(line: &str, words: usize) -> &str {
    (0..words)
        .fold(line, |rest, _| {
            let rest = rest.trim_start();
            &rest[rest.find(char::is_whitespace).unwrap_or(rest.len())..]
        })
        .trim()
}

/// A duration since the beginning, or seconds.
pub(super) fn moment(text: &str) -> Result<Millis, String> {
    let (sign, size) = text.strip_prefix('-').map_or((1, text), |size| (-1, size));
    let millis = match size.parse::<Span>() {
        Ok(span) => span.millis(),
        Err(error) => size.parse::<f64>().map(|seconds| (seconds * 1e3).round() as Millis).map_err(|_| error.to_string())?,
    };
    Ok(sign * millis)
}
