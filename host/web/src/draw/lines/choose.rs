//! Which lines somebody wants to see: those that say a text, and weigh enough.

use vitrine_model::view::{Line, Lines, State};

use crate::draw::Surroundings;
use crate::draw::html::Html;
use crate::draw::look::Look;
use crate::draw::unit::marked;
use crate::page::messages::filled;

/// From here on there is something to choose among.
const FEW: usize = 8;
/// By weight: traces first.
const LEVELS: [&str; 6] = ["trace", "debug", "info", "warning", "error", "fatal"];

pub(super) fn fits(line: &Line, look: &Look) -> bool {
    let least = LEVELS.iter().position(|level| *level == look.level).unwrap_or(0);
    if weight(line) < least {
        return false;
    }
    let wanted = look.filter.trim().to_lowercase();
    wanted.is_empty()
        || line.text.to_lowercase().contains(&wanted)
        || line.fields.iter().any(|(_, value)| value.to_lowercase().contains(&wanted))
}

/// The source's own word counts where it is a known one; else the state does.
fn weight(line: &Line) -> usize {
    match line.level.trim().to_ascii_lowercase().as_str() {
        "trace" => 0,
        "debug" => 1,
        "info" | "information" | "notice" | "ok" => 2,
        "warn" | "warning" => 3,
        "err" | "error" => 4,
        "crit" | "critical" | "alert" | "emerg" | "emergency" | "fatal" | "panic" => 5,
        _ => match line.state {
            State::Neutral | State::Good => 2,
            State::Warning => 3,
            State::Bad => 4,
        },
    }
}

/// What is looked for, and how many lines there are of it; nothing where there is little to choose among.
pub(super) fn form(html: &mut Html, lines: &Lines, surroundings: &Surroundings, matching: usize) {
    let looked = &surroundings.looked;
    let chosen = looked.look != Look::default();
    if !looked.can_choose() || lines.ages || (!chosen && lines.lines.len() <= FEW) {
        return;
    }
    let says = surroundings.says();
    looked.form(html, &filled(says.search_of, &[&surroundings.title]), says.search);
    if lines.lines.iter().any(|line| !line.level.is_empty()) {
        html.raw("<select aria-label=\"").text(&filled(says.least_level, &[&surroundings.title]));
        html.raw("\" name=\"").text(&looked.id).raw(".level\"><option value=\"\">").text(says.all_levels).raw("</option>");
        for level in &LEVELS[1..] {
            html.raw("<option").raw(if *level == looked.look.level { " selected" } else { "" });
            html.raw(" value=\"").raw(level).raw("\">").text(&filled(says.and_worse, &[level])).raw("</option>");
        }
        html.raw("</select>");
    }
    html.raw("<button class=\"tool\" type=\"submit\">").text(says.search).raw("</button>");
    if chosen {
        let count = |count: usize| marked(&count.to_string(), surroundings.language);
        let told = filled(says.lines_of, &[&count(matching), &count(lines.lines.len())]);
        html.raw("<span class=\"hint\" role=\"status\">").text(&told).raw("</span>");
    }
    html.raw("</form>");
}

/// Where the newest line is: the end at which one waits for more.
pub(super) fn newest(lines: &Lines) -> &'static str {
    match (lines.lines.first(), lines.lines.last()) {
        (Some(first), Some(last)) if first.time < last.time => "bottom",
        _ => "top",
    }
}
