//! A story within a service's limits: as much of each alert as there is room for, and how many more there are.

use super::{Markup, Paragraph, Story, cut, is_web, one_line, word};

/// What a service takes. Letters are UTF-16's, of what is written, markup included: no service counts more.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    pub alerts: usize,
    pub letters: usize,
    /// Of one alert.
    pub letters_of_one: usize,
}

/// What there was room for.
#[derive(Debug)]
pub struct Fitted<'s, 'a> {
    pub written: Vec<(&'s Paragraph<'a>, String)>,
    /// How many alerts there was no room for.
    pub more: usize,
}

/// How much is told of an alert.
#[derive(Clone, Copy)]
enum Detail {
    /// All there is, each part up to a length that nobody reads.
    Full,
    /// What is wrong, since when, the value.
    Short,
    /// What is wrong.
    Least,
}

const LONGEST_WHAT: usize = 300;
const LONGEST_DESCRIPTION: usize = 1_000;
const LONGEST_FACT: usize = 200;
const MOST_FACTS: usize = 30;
/// Escaped it must fit everywhere.
const LEAST_WHAT: usize = 150;

impl<'a> Story<'a> {
    /// All alerts in full, if there is room; else as many as there is room for in short.
    pub fn fitted(&self, markup: &dyn Markup, budget: Budget) -> Fitted<'_, 'a> {
        let full = self.filled(markup, budget, Detail::Full);
        if full.more == 0 {
            return full;
        }
        let short = self.filled(markup, budget, Detail::Short);
        if short.written.is_empty() { self.filled(markup, budget, Detail::Least) } else { short }
    }

    /// `and 3 more: LINK`, or nothing where all were told.
    pub fn more(&self, markup: &dyn Markup, more: usize) -> Option<String> {
        let words = ["and ", &more.to_string(), " more"].concat();
        (more > 0).then(|| if is_web(&self.link) { markup.link(&words, &self.link) } else { markup.text(&words) })
    }

    /// Headline, alerts, and how many more: for services that take one text of so many letters.
    pub fn as_text(&self, markup: &dyn Markup, letters: usize) -> String {
        let gap = gap(markup);
        let head = markup.strong(&[self.look().sign, " ", &self.headline()].concat());
        let body = self.body(markup, letters.saturating_sub(length(&head) + length(&gap)));
        if body.is_empty() { head } else { [head, body].join(&gap) }
    }

    /// The same without the headline: for services that take a title beside the text.
    pub fn body(&self, markup: &dyn Markup, letters: usize) -> String {
        let gap = gap(markup);
        let rest = self.more(markup, self.paragraphs.len()).unwrap_or_default();
        let room = letters.saturating_sub(length(&rest));
        let fitted = self.fitted(markup, Budget { alerts: usize::MAX, letters: room, letters_of_one: room });
        let mut parts: Vec<String> = fitted.written.into_iter().map(|(_, text)| text).collect();
        parts.extend(self.more(markup, fitted.more));
        parts.join(&gap)
    }

    fn filled(&self, markup: &dyn Markup, budget: Budget, detail: Detail) -> Fitted<'_, 'a> {
        let mut room = budget.letters;
        let mut written = Vec::new();
        for paragraph in self.paragraphs.iter().take(budget.alerts) {
            let text = paragraph.written(markup, detail);
            let needed = length(&text) + 2 * length(markup.line_break());
            if needed > room || length(&text) > budget.letters_of_one {
                break;
            }
            room -= needed;
            written.push((paragraph, text));
        }
        let more = self.paragraphs.len() - written.len();
        Fitted { written, more }
    }
}

/// An empty line.
fn gap(markup: &dyn Markup) -> String {
    [markup.line_break(), markup.line_break()].concat()
}

/// As services count.
fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

impl Paragraph<'_> {
    fn written(&self, markup: &dyn Markup, detail: Detail) -> String {
        let mut lines = vec![self.heading(markup, detail)];
        if !matches!(detail, Detail::Least) {
            lines.push(markup.text(&self.state()));
        }
        if matches!(detail, Detail::Full) {
            lines.extend(self.description.map(|text| markup.text(&cut(text.trim(), LONGEST_DESCRIPTION))));
            lines.extend(self.facts().iter().map(|(name, value)| markup.text(&[name, ": ", value].concat())));
            lines.extend(self.runbook.map(|address| match is_web(address) {
                true => markup.link("Runbook", address),
                false => markup.text(&["Runbook: ", &one_line(address, LONGEST_FACT)].concat()),
            }));
        }
        lines.join(markup.line_break())
    }

    fn heading(&self, markup: &dyn Markup, detail: Detail) -> String {
        match detail {
            Detail::Least => markup.text(&one_line(self.what, LEAST_WHAT)),
            _ if is_web(self.link) => markup.link(&one_line(self.what, LONGEST_WHAT), self.link),
            _ => markup.strong(&one_line(self.what, LONGEST_WHAT)),
        }
    }

    /// `firing since 2026-11-20 12:30 UTC, value 0.91`
    pub fn state(&self) -> String {
        let value = self.value.as_ref().map(|value| [", value ", value].concat()).unwrap_or_default();
        [word(self.status), ": ", &self.when, &value].concat()
    }

    /// Labels, and annotations that have no place of their own, on one line each.
    pub fn facts(&self) -> Vec<(String, String)> {
        let all = self.labels.iter().chain(self.notes.iter().copied()).take(MOST_FACTS);
        all.map(|fact| (one_line(&fact.name, LONGEST_FACT), one_line(&fact.value, LONGEST_FACT))).collect()
    }
}
