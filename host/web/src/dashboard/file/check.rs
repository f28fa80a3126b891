//! Collects what is wrong with a file while the checked dashboard is built.

use std::collections::HashSet;

use vitrine_config::{Finding, Path, guess};
use vitrine_model::Span;

use crate::dashboard::annotation::AnnotationSource;
use crate::dashboard::file::{DashboardFile, Known, MOST_PANELS, PanelFile};
use crate::dashboard::scope::time;
use crate::dashboard::template::{Format, Template};
use crate::dashboard::transform::{MOST_STEPS, Step};
use crate::dashboard::variable::Variable;
use crate::dashboard::{Panel, builtin};
use crate::draw::look::USUAL_ROWS;

pub(super) struct Check<'a> {
    pub(super) known: &'a Known<'a>,
    pub(super) findings: Vec<Finding>,
    /// In the order in which they are asked: first those that others use.
    pub(super) variables: Vec<Variable>,
    /// Also of variables that are wrong: whoever uses one is not to blame.
    pub(super) names: Vec<&'a str>,
    /// Those that have one value where we are, because it is repeated for each.
    pub(super) repeated: Vec<String>,
    /// Annotations that all panels have.
    pub(super) shared: Vec<AnnotationSource>,
    /// Ids that panels of the file give themselves.
    given: HashSet<&'a str>,
    ids: HashSet<String>,
    panels: usize,
    /// The rules that alerts of panels made.
    pub(super) alerts: usize,
}

impl<'a> Check<'a> {
    pub(super) fn new(file: &'a DashboardFile, known: &'a Known<'a>) -> Check<'a> {
        let all = file.panels.iter().chain(file.rows.iter().flat_map(|row| &row.panels));
        let given = all.filter_map(|panel| panel.id.as_deref()).collect();
        let names = file.variables.keys().map(String::as_str).collect();
        let mut check = Check {
            known,
            findings: Vec::new(),
            variables: Vec::new(),
            names,
            repeated: Vec::new(),
            shared: Vec::new(),
            given,
            ids: HashSet::new(),
            panels: 0,
            alerts: 0,
        };
        check.variables(file);
        check
    }

    pub(super) fn count(&mut self) {
        if self.panels > MOST_PANELS {
            let reason = format!("{} panels are more than the {MOST_PANELS} a dashboard may have", self.panels);
            self.findings.push(Finding::value(Path::new(), reason).hint("split it into several files"));
        }
    }

    /// A text for people: each variable in it has to be one.
    pub(super) fn text(&mut self, text: &str, path: &Path) {
        if let Some(template) = self.template(text, path) {
            self.uses(&template, path);
        }
    }

    pub(super) fn template(&mut self, text: &str, path: &Path) -> Option<Template> {
        match Template::parse(text) {
            Ok(template) => Some(template),
            Err(error) => {
                let words: Vec<&str> = Format::words().collect();
                let hint = guess::hint(&error.0, &words, "there are");
                self.findings.push(with(Finding::value(path.clone(), error.to_string()), hint));
                None
            }
        }
    }

    /// Whether all variables in it are known.
    pub(super) fn uses(&mut self, template: &Template, path: &Path) -> bool {
        let mut all = true;
        for used in template.uses() {
            if self.names.contains(&used.name.as_str()) || builtin::NAMES.contains(&used.name.as_str()) {
                continue;
            }
            all = false;
            let reason = format!("there is no variable `{}`", used.name);
            let finding = Finding::value(path.clone(), reason.clone()).within(Some((used.place.start, reason)));
            let choices: Vec<&str> = self.names.iter().copied().chain(builtin::NAMES).collect();
            let hint = guess::nearest(&used.name, choices.iter().copied()).map(guess::did_you_mean);
            let hint = hint.unwrap_or_else(|| format!("add it under `variables`, or write `$${}` for the text", used.name));
            self.findings.push(finding.hint(hint));
        }
        all
    }

    /// A duration of a panel.
    fn span(&mut self, text: Option<&str>, path: &Path, key: &str, least: Span) -> Option<Span> {
        let reason = match text?.parse::<Span>() {
            Ok(span) if span >= least && span <= time::LONGEST_RANGE => return Some(span),
            Ok(_) => format!("`{}` is not between {least} and {}", text?, time::LONGEST_RANGE),
            Err(error) => error.to_string(),
        };
        self.findings.push(Finding::value(path.clone().key(key), reason).hint("write it as `15m`, `6h` or `7d`"));
        None
    }

    fn transform(&mut self, file: &PanelFile, path: &Path) -> Vec<Step> {
        let path = path.clone().key("transform");
        if file.transform.len() > MOST_STEPS {
            self.findings.push(Finding::value(path, format!("a panel takes at most {MOST_STEPS} steps")));
            return Vec::new();
        }
        let mut steps = Vec::new();
        for (place, step) in file.transform.iter().enumerate() {
            match step.check() {
                Ok(step) => steps.push(step),
                Err((key, reason)) => {
                    let here = path.clone().index(place).key(step.word());
                    let here = key.into_iter().fold(here, |here, key| here.key(key));
                    self.findings.push(Finding::value(here, reason));
                }
            }
        }
        steps
    }

    pub(super) fn repeat(&mut self, name: Option<&str>, path: &Path) -> Option<String> {
        let name = name?.trim_start_matches('$');
        if !self.names.contains(&name) {
            let finding = Finding::value(path.clone().key("repeat"), format!("there is no variable `{name}`"));
            let hint = guess::hint(name, &self.names, "there are").unwrap_or_else(|| "add it under `variables`".to_owned());
            self.findings.push(finding.hint(hint));
        }
        Some(name.to_owned())
    }

    pub(super) fn panels(&mut self, files: &[PanelFile], path: &Path) -> Vec<Panel> {
        files.iter().enumerate().map(|(place, file)| self.panel(file, &path.clone().index(place))).collect()
    }

    fn panel(&mut self, file: &PanelFile, path: &Path) -> Panel {
        let id = self.id(file, path);
        self.show(file, path);
        self.text(&file.title, &path.clone().key("title"));
        let width = self.side(file.width, file.default_width(), path, "width");
        let height = self.side(file.height, file.default_height(), path, "height");
        let repeat = self.repeat(file.repeat.as_deref(), path);
        let outside = self.repeated.len();
        self.repeated.extend(repeat.clone());
        let source = self.source(file, path);
        let queries = self.queries(file, path);
        let own = self.annotations(&file.annotations, path);
        let alerts = self.panel_alerts(file, &id, &queries, path);
        let transform = self.transform(file, path);
        self.columns(file, &queries, &transform, path);
        self.units(file, path);
        self.repeated.truncate(outside);
        let (options, twice) = file.plugin_options();
        for name in twice {
            let finding = Finding::key(path.clone().key("options").key(name), format!("`{name}` is given twice"));
            self.findings.push(finding.hint("keep the one beside `show`"));
        }
        Panel {
            id,
            title: file.title.clone(),
            show: file.show.clone(),
            queries,
            width,
            height,
            unit: file.unit.clone().unwrap_or_default(),
            options: serde_json::Value::Object(options).to_string(),
            source,
            range: self.span(file.range.as_deref(), path, "range", time::SHORTEST_RANGE),
            shift: self.span(file.shift.as_deref(), path, "shift", Span::ZERO).unwrap_or(Span::ZERO),
            zone: self.zone(file.time_zone.as_deref(), path),
            compares: file.compare.is_some(),
            transform,
            thresholds: self.thresholds(file, path),
            links: self.links(&file.links, path),
            annotations: self.shared.iter().cloned().chain(own).collect(),
            row_link: self.part_link(file.row_link.as_ref(), path, "row_link"),
            series_link: self.part_link(file.series_link.as_ref(), path, "series_link"),
            page_rows: self.page_rows(file.page_rows, path),
            actions: self.actions(&file.actions, path, "actions"),
            row_actions: self.actions(&file.row_actions, path, "row_actions"),
            repeat,
            alerts,
            values: std::sync::Arc::default(),
        }
    }

    fn id(&mut self, file: &PanelFile, path: &Path) -> String {
        let id = file.id.clone().unwrap_or_else(|| self.free_id());
        self.panels += 1;
        let letters = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
        if id.is_empty()
            || id.len() > 64
            || !id.starts_with(|first: char| first.is_ascii_alphabetic())
            || !id.chars().all(letters)
        {
            let reason = format!("`{id}` cannot be an id");
            self.findings
                .push(Finding::value(path.clone().key("id"), reason).hint("use letters, digits, `-` and `_`, a letter first"));
        } else if is_reserved(&id) || !self.ids.insert(id.clone()) {
            let reason = format!("the id `{id}` is taken");
            self.findings.push(Finding::value(path.clone().key("id"), reason).hint("give each panel its own"));
        }
        id
    }

    /// `p` and the panel's number, or the next one that is free.
    fn free_id(&self) -> String {
        let mut number = self.panels;
        loop {
            let id = format!("p{number}");
            if !self.given.contains(id.as_str()) && !self.ids.contains(&id) {
                return id;
            }
            number += 1;
        }
    }

    fn show(&mut self, file: &PanelFile, path: &Path) {
        if file.show.is_empty() {
            let known = self.known.panels.join("`, `");
            self.findings.push(
                Finding::value(path.clone(), "the panel does not say what shows it")
                    .hint(format!("add `show:` with one of `{known}`")),
            );
        } else if !self.known.panels.contains(&file.show) {
            let reason = format!("there is no panel plugin `{}`", file.show);
            let hint = format!("there are `{}`", self.known.panels.join("`, `"));
            self.findings.push(Finding::value(path.clone().key("show"), reason).hint(hint));
        }
    }

    fn page_rows(&mut self, given: Option<u16>, path: &Path) -> usize {
        match given {
            None => USUAL_ROWS,
            Some(number @ 5..=500) => usize::from(number),
            Some(number) => {
                let finding = Finding::value(path.clone().key("page_rows"), format!("{number} rows are no page"));
                self.findings.push(finding.hint("use 5 to 500"));
                USUAL_ROWS
            }
        }
    }

    fn side(&mut self, given: Option<u8>, usual: u8, path: &Path, key: &str) -> u8 {
        match given {
            None => usual,
            Some(number @ 1..=12) => number,
            Some(number) => {
                let finding =
                    Finding::value(path.clone().key(key), format!("{key} {number} is out of range")).hint("use 1 to 12");
                self.findings.push(finding);
                usual
            }
        }
    }
}

pub(super) fn with(finding: Finding, hint: Option<String>) -> Finding {
    match hint {
        Some(hint) => finding.hint(hint),
        None => finding,
    }
}

/// Ids the page itself uses.
const RESERVED: [&str; 9] = ["dashboard", "range", "live", "theme", "alerts-count", "updated", "health", "menu", "main"];

/// Headings have ids that end in `-title`.
fn is_reserved(id: &str) -> bool {
    RESERVED.contains(&id) || id.ends_with("-title")
}
