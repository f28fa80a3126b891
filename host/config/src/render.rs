//! Problems as a terminal shows them: the line, the place under it, the remedy.

use std::collections::BTreeSet;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::problem::{Place, Problem, Problems, Source};

/// Wider than any terminal would only hide the place among text.
const WIDTH: usize = 120;

pub(crate) fn all(problems: &[Problem], files_read: Option<usize>, color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() }.term_width(WIDTH);
    let holder = Problems(problems.to_vec());
    let mut text = String::new();
    for problem in holder.sorted() {
        text.push_str(&renderer.render(&[group(problem)]));
        text.push('\n');
        if let (None, Some(hint)) = (shown_place(problem), &problem.hint) {
            text.push_str(&format!(" = help: {hint}\n"));
        }
    }
    text.push_str(&sum(problems, files_read));
    text.push('\n');
    text
}

/// The place, if it is one that a person could go to.
fn shown_place(problem: &Problem) -> Option<&Place> {
    problem.place.as_ref().filter(|place| place.source != Source::Default)
}

fn group(problem: &Problem) -> Group<'_> {
    let mut group = Group::with_title(Level::ERROR.primary_title(problem.text.as_str()));
    let Some(place) = shown_place(problem) else {
        return group;
    };
    let mut hint = problem.hint.as_deref();
    match problem.snippet.as_deref() {
        // A question fits under the place; a longer remedy gets a line of its own.
        Some(line) => group = group.element(snippet(place, line, hint.take_if(|hint| hint.ends_with('?')))),
        None => group = group.element(origin(place)),
    }
    if let Some(hint) = hint {
        group = group.element(Level::HELP.message(hint));
    }
    group
}

fn snippet<'a>(place: &Place, line: &'a str, label: Option<&'a str>) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let byte = |characters: usize| line.char_indices().nth(characters).map_or(line.len(), |(at, _)| at);
    let first = (place.column as usize).saturating_sub(1);
    let start = byte(first);
    let end = byte(first + place.length.max(1) as usize);
    Snippet::source(line)
        .line_start(place.line as usize)
        .path(place.source.to_string())
        .annotation(AnnotationKind::Primary.span(start..end).label(label))
}

fn origin(place: &Place) -> Origin<'static> {
    let origin = Origin::path(place.source.to_string());
    if place.line == 0 { origin } else { origin.line(place.line as usize).char_column(place.column as usize) }
}

fn sum(problems: &[Problem], files_read: Option<usize>) -> String {
    let count = |number: usize, noun: &str| format!("{number} {noun}{}", if number == 1 { "" } else { "s" });
    let mut named = BTreeSet::new();
    for problem in problems {
        if let Some(Place { source: Source::File(path), .. }) = &problem.place {
            named.insert(path);
        }
    }
    let errors = count(problems.len(), "error");
    match files_read.unwrap_or(named.len()) {
        0 => errors,
        files => format!("{errors} in {}", count(files, "file")),
    }
}
