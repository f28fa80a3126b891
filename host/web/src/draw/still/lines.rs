//! What happened, line by line: as many as there is room for.

use vitrine_model::view::{Line, Lines, State};

use crate::draw::Surroundings;
use crate::draw::still::Area;
use crate::draw::still::ink::{Anchor, Ink, Pen};
use crate::draw::still::letters;
use crate::draw::still::words::{self as writing, SMALL};
use crate::draw::twin;
use crate::page::reader::Reader;
use crate::words;

const LINE: f64 = 24.0;

pub(super) fn draw(ink: &mut Ink, lines: &Lines, surroundings: &Surroundings, area: Area) {
    let theme = ink.theme;
    if lines.lines.is_empty() {
        let says = surroundings.says();
        let text = if lines.ages { says.none_now } else { says.none_in_range };
        return writing::centred(ink, text, area, theme.muted);
    }
    let most = ((area.height / LINE) as usize).max(1);
    let shown = if lines.lines.len() > most { (most - 1).max(1) } else { lines.lines.len() };
    let time = |line: &Line| match lines.ages {
        true => words::relative_for(line.time, surroundings.range.end, Reader { language: surroundings.language }),
        false => words::clock(line.time, &surroundings.zone),
    };
    let shown_lines = &lines.lines[..shown];
    let times = shown_lines.iter().map(|line| letters::width(&time(line), SMALL)).fold(0.0, f64::max) + 10.0;
    let levels = shown_lines.iter().map(|line| letters::width(&level(line), SMALL)).fold(0.0, f64::max).min(140.0);
    let levels = if levels > 0.0 { levels + 12.0 } else { 0.0 };
    for (place, line) in shown_lines.iter().enumerate() {
        let y = area.y + place as f64 * LINE;
        if place > 0 {
            ink.line((area.x, y), (area.x + area.width, y), Pen::new(theme.grid, 1.0));
        }
        let colour = if line.state == State::Neutral { theme.line } else { theme.state(line.state) };
        ink.rect(Area { x: area.x, y: y + 3.0, width: 3.0, height: LINE - 6.0 }, colour, 1.0, 0.0);
        let x = area.x + 10.0;
        ink.text(x, y + 16.0, SMALL, theme.muted, Anchor::Start, &time(line));
        let word = letters::fit(&level(line), SMALL, 140.0);
        ink.text(x + times, y + 16.0, SMALL, theme.state(line.state), Anchor::Start, &word);
        let room = area.width - 10.0 - times - levels;
        let text: String = line.text.chars().take(400).map(|letter| if letter == '\n' { ' ' } else { letter }).collect();
        ink.text(x + times + levels, y + 16.0, SMALL, theme.text, Anchor::Start, &letters::fit(&text, SMALL, room));
    }
    writing::more(ink, area, &twin::left_out(lines.lines.len() - shown, surroundings.says().rest_lines));
}

/// The source's own word; the state's where it has none: colour never stands alone.
fn level(line: &Line) -> String {
    let word = if line.level.is_empty() { line.state.word() } else { &line.level };
    match line.state {
        State::Good => format!("● {word}"),
        State::Warning => format!("▲ {word}"),
        State::Bad => format!("■ {word}"),
        State::Neutral => word.to_owned(),
    }
}
