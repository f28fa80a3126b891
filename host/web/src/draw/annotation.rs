//! What is marked on a time axis beside the data: stretches and moments, with a name and a state; and the same as a table.

use vitrine_model::Millis;
use vitrine_model::frame::TimeRange;
use vitrine_model::view::State;

use crate::draw::Surroundings;
use crate::draw::html::Html;
use crate::draw::twin;
use crate::page::messages::{Messages, filled};

/// Of one panel: more would hide what they explain.
pub const MOST_ANNOTATIONS: usize = 200;
/// Rows of their table; the newest are the ones that matter.
const TABLE_ROWS: usize = 50;

/// A moment where start and end are the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    /// None: before what is looked at.
    pub start: Option<Millis>,
    /// None: it lasts.
    pub end: Option<Millis>,
    pub title: String,
    pub state: State,
}

/// Those of one panel, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Annotations {
    pub list: Vec<Annotation>,
    /// How many there were before the rest was left out.
    pub found: usize,
    /// Why some could not be had; empty where all is well.
    pub problem: String,
}

impl Annotations {
    /// These and no others.
    pub(crate) fn of(list: Vec<Annotation>) -> Annotations {
        Annotations { found: list.len(), list, problem: String::new() }
    }

    /// What was left out or went wrong, in words; empty where nothing was.
    pub(crate) fn rest(&self, says: &Messages) -> String {
        let cut = match self.found > self.list.len() {
            true => filled(says.annotations_counted, &[&self.list.len().to_string(), &self.found.to_string()]),
            false => String::new(),
        };
        let problem = if self.problem.is_empty() { String::new() } else { filled(says.annotations_broken, &[&self.problem]) };
        [cut, problem].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("; ")
    }

    /// For those who cannot see them; empty where there are none.
    pub(crate) fn sentence(&self, surroundings: &Surroundings) -> String {
        let Some(newest) = self.list.first() else { return String::new() };
        let says = surroundings.says();
        let since = newest.start.map(|start| filled(says.at, &[&surroundings.clock(start)])).unwrap_or_default();
        match self.found {
            1 => filled(says.annotated, &[&newest.title, &since]),
            found => filled(says.annotations_newest, &[&found.to_string(), &newest.title, &since]),
        }
    }
}

/// A faint ground for each stretch, and a line where it begins.
pub(crate) fn draw(html: &mut Html, annotations: &Annotations, range: TimeRange) {
    let across = |time: Millis| {
        (time.clamp(range.start, range.end) - range.start) as f64 / (range.end - range.start).max(1) as f64 * 100.0
    };
    for one in annotations.list.iter().rev() {
        let (from, to) = (across(one.start.unwrap_or(range.start)), across(one.end.unwrap_or(range.end)));
        html.raw("<g class=\"annotation ").raw(one.state.word()).raw("\"><title>").text(&one.title).raw("</title>");
        if to > from {
            html.raw("<rect height=\"100%\" x=\"").number(from).raw("%\" width=\"").number(to - from).raw("%\"/>");
        }
        if one.start.is_some_and(|start| start >= range.start) {
            html.raw("<line y2=\"100%\" x1=\"").number(from).raw("%\" x2=\"").number(from).raw("%\"/>");
        }
        html.raw("</g>");
    }
}

/// The second table of a picture's twin.
pub(crate) fn table(html: &mut Html, annotations: &Annotations, surroundings: &Surroundings) {
    if annotations.list.is_empty() {
        return;
    }
    let says = surroundings.says();
    html.raw("<table class=\"table annotations\"><thead><tr><th scope=\"col\">").text(says.head_annotation);
    html.raw("</th><th scope=\"col\">").text(says.head_state).raw("</th><th scope=\"col\" class=\"end\">").text(says.head_from);
    html.raw("</th><th scope=\"col\" class=\"end\">").text(says.head_until).raw("</th></tr></thead><tbody>");
    let clock = |time: Option<Millis>, none: &str| time.map_or_else(|| none.to_owned(), |at| surroundings.clock(at));
    for one in annotations.list.iter().take(TABLE_ROWS) {
        html.raw("<tr><th scope=\"row\">")
            .text(&one.title)
            .raw("</th><td>")
            .text(says.state(one.state))
            .raw("</td><td class=\"end\">");
        html.text(&clock(one.start, says.before)).raw("</td><td class=\"end\">");
        html.text(&clock(one.end, says.now)).raw("</td></tr>");
    }
    html.raw("</tbody></table>");
    twin::more(html, &twin::left_out(annotations.list.len().saturating_sub(TABLE_ROWS), says.rest_annotations));
}

#[cfg(test)]
mod tests {
    use super::*;

    const RANGE: TimeRange = TimeRange { start: 1_763_632_800_000, end: 1_763_636_400_000, step: 15_000 };

    fn at(minutes: i64) -> Option<Millis> {
        Some(RANGE.start + minutes * 60_000)
    }

    fn one(start: Option<Millis>, end: Option<Millis>, title: &str, state: State) -> Annotation {
        Annotation { start, end, title: title.to_owned(), state }
    }

    fn all() -> Annotations {
        let list = vec![
            one(at(45), None, "Disk </title><script>", State::Bad),
            one(at(30), at(30), "deployed", State::Neutral),
            one(None, at(15), "Shop slow", State::Warning),
        ];
        Annotations { list, found: 5, problem: String::new() }
    }

    #[test]
    fn stretches_have_a_ground_and_starts_a_line() {
        let mut html = Html::new();
        draw(&mut html, &all(), RANGE);
        let drawn = html.finish().replace("><", ">\n<");
        assert!(!drawn.contains("<script>"), "{drawn}");
        insta::assert_snapshot!(drawn);
    }

    #[test]
    fn they_are_told_in_words() {
        let surroundings = Surroundings::tested("CPU", RANGE);
        let all = all();
        assert_eq!(all.sentence(&surroundings), "; 5 annotations, the newest Disk </title><script> at 10:45:00");
        assert_eq!(all.rest(surroundings.says()), "3 of 5 annotations");
        let broken = Annotations { problem: "no such metric".to_owned(), ..Annotations::default() };
        assert_eq!(
            (broken.sentence(&surroundings), broken.rest(surroundings.says())),
            (String::new(), "annotations: no such metric".to_owned())
        );
        let mut html = Html::new();
        table(&mut html, &all, &surroundings);
        insta::assert_snapshot!(html.finish().replace("><", ">\n<"));
    }
}
