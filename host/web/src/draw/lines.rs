//! What happened, line by line: a time, a weight, a text, and the rest for those who open it.

use vitrine_model::view::{Line, Lines, State};

use crate::draw::Surroundings;
use crate::draw::html::Html;
use crate::draw::link;
use crate::draw::twin;
use crate::page::messages::filled;
use crate::page::reader::Reader;
use crate::words;

mod choose;

/// What a page can carry.
const MOST_LINES: usize = 500;
const MOST_FIELDS: usize = 30;
/// Longer ones are cut: a stack trace's top says what happened.
const MOST_LETTERS: usize = 2_000;

pub fn draw(html: &mut Html, lines: &Lines, surroundings: &Surroundings) {
    let looked = &surroundings.looked;
    let chosen: Vec<&Line> = lines.lines.iter().filter(|line| choose::fits(line, &looked.look)).collect();
    choose::form(html, lines, surroundings, chosen.len());
    html.raw("<div class=\"log-box\" role=\"group\" tabindex=\"0\" data-newest=\"").raw(choose::newest(lines));
    html.raw("\" aria-label=\"").text(&filled(surroundings.says().line_by_line, &[&surroundings.title]));
    html.raw(if lines.ages { "\"><ol class=\"log ages\">" } else { "\"><ol class=\"log\">" });
    // The newest are the ones that matter where not all can be drawn.
    let most = chosen.len().min(MOST_LINES);
    let shown = if choose::newest(lines) == "bottom" { &chosen[chosen.len() - most..] } else { &chosen[..most] };
    for line in shown {
        one(html, line, lines.ages, surroundings);
    }
    html.raw("</ol>");
    let says = surroundings.says();
    if lines.lines.is_empty() {
        html.raw("<p class=\"log-none\">").text(if lines.ages { says.none_now } else { says.none_in_range }).raw("</p>");
    } else if chosen.is_empty() {
        html.raw("<p class=\"log-none\">").text(says.none_say).raw("</p>");
    }
    twin::more(html, &twin::left_out(chosen.len() - most, says.rest_lines));
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
    use crate::draw::look::{Look, Looked};

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
    fn lines_are_chosen_by_text_and_weight() {
        let levels = [("debug", State::Neutral), ("warn", State::Warning), ("", State::Bad), ("critical", State::Bad)];
        let lines: Vec<Line> = levels
            .iter()
            .cycle()
            .take(12)
            .enumerate()
            .map(|(place, (level, state))| {
                let host = format!("web-{place}");
                Line { time: START + place as i64, ..line(level, *state, "No answer", &[("host", &host)], "") }
            })
            .collect();
        let drawn = |level: &str, filter: &str| {
            let look = Look { level: level.to_owned(), filter: filter.to_owned(), ..Look::default() };
            let looked = Looked { id: "p0".to_owned(), look, ..Looked::default() };
            let range = TimeRange { start: START, end: START + 3_600_000, step: 900_000 };
            let surroundings = Surroundings { looked, ..Surroundings::tested("Shop", range) };
            let mut html = Html::new();
            draw(&mut html, &Lines { lines: lines.clone(), ages: false }, &surroundings);
            html.finish()
        };
        let count = |level: &str, filter: &str| drawn(level, filter).matches("<li").count();
        assert_eq!([count("", ""), count("warning", ""), count("error", ""), count("fatal", "")], [12, 9, 6, 3]);
        assert_eq!([count("", "WEB-1"), count("error", "no ans"), count("", "nothing")], [3, 6, 0]);
        let page = drawn("error", "web-1");
        for part in [
            "<span class=\"hint\" role=\"status\">2 of 12 lines</span>",
            "<option selected value=\"error\">error and worse</option>",
            "name=\"p0.filter\" value=\"web-1\"",
            "data-newest=\"bottom\"",
        ] {
            assert!(page.contains(part), "{part} is not in {page}");
        }
        assert!(drawn("", "nothing").contains("none that say this"));
        assert!(!picture(lines.clone(), true).contains("<form") && !picture(lines[..3].to_vec(), false).contains("<form"));
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
