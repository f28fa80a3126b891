//! What happened, line by line: a time, a weight, a text, and the rest for those who open it.

use vitrine_model::view::{Line, Lines, State};

use crate::draw::Surroundings;
use crate::draw::html::Html;
use crate::draw::link;
use crate::draw::twin;
use crate::page::reader::Reader;
use crate::words;

/// What a page can carry.
const MOST_LINES: usize = 500;
const MOST_FIELDS: usize = 30;
/// Longer ones are cut: a stack trace's top says what happened.
const MOST_LETTERS: usize = 2_000;

pub fn draw(html: &mut Html, lines: &Lines, surroundings: &Surroundings) {
    html.raw("<div class=\"log-box\" role=\"region\" tabindex=\"0\" aria-label=\"").text(&surroundings.title);
    html.raw(if lines.ages { "\"><ol class=\"log ages\">" } else { "\"><ol class=\"log\">" });
    for line in lines.lines.iter().take(MOST_LINES) {
        one(html, line, lines.ages, surroundings);
    }
    html.raw("</ol>");
    let says = surroundings.says();
    if lines.lines.is_empty() {
        html.raw("<p class=\"log-none\">").text(if lines.ages { says.none_now } else { says.none_in_range }).raw("</p>");
    }
    twin::more(html, &twin::left_out(lines.lines.len().saturating_sub(MOST_LINES), surroundings.says().rest_lines));
    html.raw("</div>");
}

fn one(html: &mut Html, line: &Line, ages: bool, surroundings: &Surroundings) {
    html.raw("<li class=\"log-line ").raw(line.state.word()).raw("\" data-level=\"").text(&line.level).raw("\">");
    let expands = line.fields.iter().any(|(_, value)| !value.is_empty());
    html.raw(if expands { "<details><summary>" } else { "<div class=\"log-plain\">" });
    time(html, line, ages, surroundings);
    weight(html, line, surroundings);
    html.raw("<span class=\"log-text\">");
    // A link in what opens and closes would do two things at once.
    link::text(html, &cut(&line.text), if expands { "" } else { &line.link });
    html.raw("</span>");
    if !expands {
        html.raw("</div></li>");
        return;
    }
    html.raw("</summary><dl class=\"log-fields\">");
    let fields: Vec<_> = line.fields.iter().filter(|(_, value)| !value.is_empty()).collect();
    for (name, value) in fields.iter().take(MOST_FIELDS) {
        html.raw("<div><dt>").text(name).raw("</dt><dd>").text(&cut(value)).raw("</dd></div>");
    }
    html.raw("</dl>");
    twin::more(html, &twin::left_out(fields.len().saturating_sub(MOST_FIELDS), surroundings.says().rest_fields));
    if link::followed(&line.link).is_some() {
        html.raw("<p class=\"log-link\">");
        link::text(html, surroundings.says().open, &line.link);
        html.raw("</p>");
    }
    html.raw("</details></li>");
}

/// The time of day; for what lasts, how long it has.
fn time(html: &mut Html, line: &Line, ages: bool, surroundings: &Surroundings) {
    let exact = surroundings.exact(line.time);
    if ages {
        html.raw("<time class=\"log-time\" datetime=\"")
            .text(&words::machine(line.time))
            .raw("\" title=\"")
            .text(&exact)
            .raw("\">");
        html.text(&words::relative_for(line.time, surroundings.range.end, Reader { language: surroundings.language }))
            .raw("</time>");
        return;
    }
    html.raw("<span class=\"log-time\" title=\"").text(&exact).raw("\">").text(&surroundings.clock(line.time));
    html.raw("</span>");
}

/// The source's own word; the state's where it has none: colour never stands alone.
fn weight(html: &mut Html, line: &Line, surroundings: &Surroundings) {
    let word = if line.level.is_empty() { surroundings.says().state(line.state) } else { &line.level };
    if word.is_empty() && line.state == State::Neutral {
        return;
    }
    html.raw("<span class=\"log-level\">").text(word).raw("</span>");
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MOST_LETTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use vitrine_model::Millis;
    use vitrine_model::frame::TimeRange;

    use super::*;

    const START: Millis = 1_763_632_800_000;

    fn picture(lines: Vec<Line>, ages: bool) -> String {
        let range = TimeRange { start: START, end: START + 3_600_000, step: 900_000 };
        let surroundings = Surroundings::tested("Shop", range);
        let mut html = Html::new();
        draw(&mut html, &Lines { lines, ages }, &surroundings);
        html.finish().replace("><", ">\n<")
    }

    fn line(level: &str, state: State, text: &str, fields: &[(&str, &str)], link: &str) -> Line {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Line { time: START, state, level: level.to_owned(), text: text.to_owned(), fields, link: link.to_owned() }
    }

    #[test]
    fn lines_of_a_log() {
        let lines = vec![
            line("error", State::Bad, "no answer\nfrom the shop", &[("host", "web-1"), ("empty", "")], "/d/shop"),
            line("", State::Neutral, "started", &[], "https://shop.example/"),
        ];
        insta::assert_snapshot!(picture(lines, false));
    }

    #[test]
    fn what_lasts_has_an_age() {
        insta::assert_snapshot!(picture(vec![line("firing", State::Bad, "DiskFull", &[], "")], true));
    }

    #[test]
    fn nothing_is_said() {
        assert!(picture(Vec::new(), true).contains("none just now") && picture(Vec::new(), false).contains("none in this range"));
    }

    #[test]
    fn much_is_bounded_and_counted() {
        let long = "x".repeat(10_000);
        let drawn = picture(vec![line("", State::Good, &long, &[("a", "b"); 40], ""); 1_000], false);
        assert_eq!(drawn.matches("<li").count(), MOST_LINES);
        assert!(drawn.contains("and 500 more lines") && drawn.contains("and 10 more fields"));
        assert!(drawn.len() < MOST_LINES * (MOST_LETTERS + 3_000));
    }

    #[test]
    fn hostile_content_stays_text() {
        let text = "\"/><script>alert(1)</script>]]><img src=x onerror=alert(1)>";
        let drawn = picture(vec![line(text, State::Bad, text, &[(text, text)], "javascript:alert(1)")], false);
        assert!(!drawn.contains("<script") && !drawn.contains("<img") && !drawn.contains("href"), "{drawn}");
        assert!(!picture(vec![line("", State::Good, "x", &[], "javascript:alert(1)")], false).contains("href"));
    }
}
