//! Dashboards before and after.

use std::fmt;

use vitrine_web::{PanelSummary, Summary};

/// One line of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) dashboard: String,
    /// The panel's id; none for the dashboard itself.
    pub(super) panel: Option<String>,
    title: String,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Added,
    Removed,
    /// What of it.
    Changed(Vec<&'static str>),
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, rest) = match &self.kind {
            Kind::Added => ('+', String::new()),
            Kind::Removed => ('-', String::new()),
            Kind::Changed(what) => ('~', format!(": {}", what.join(", "))),
        };
        match &self.panel {
            None => write!(f, "{sign} dashboard {} “{}”{rest}", self.dashboard, self.title),
            Some(id) => write!(f, "  {sign} panel “{}” ({id}){rest}", self.title),
        }
    }
}

/// All changes, dashboard by dashboard.
pub(super) fn diff(before: &[Summary], after: &[Summary]) -> Vec<Change> {
    let mut changes = Vec::new();
    for new in after {
        match before.iter().find(|old| old.name == new.name) {
            None => {
                changes.push(of(new, Kind::Added));
                changes.extend(new.panels.iter().map(|panel| of_panel(new, panel, Kind::Added)));
            }
            Some(old) => changes.extend(changed(old, new)),
        }
    }
    for old in before.iter().filter(|old| !after.iter().any(|new| new.name == old.name)) {
        changes.push(of(old, Kind::Removed));
        changes.extend(old.panels.iter().map(|panel| of_panel(old, panel, Kind::Removed)));
    }
    changes
}

fn of(dashboard: &Summary, kind: Kind) -> Change {
    Change { dashboard: dashboard.name.clone(), panel: None, title: dashboard.title.clone(), kind }
}

fn of_panel(dashboard: &Summary, panel: &PanelSummary, kind: Kind) -> Change {
    Change { dashboard: dashboard.name.clone(), panel: Some(panel.id.clone()), title: panel.title.clone(), kind }
}

fn changed(old: &Summary, new: &Summary) -> Vec<Change> {
    let own = what(&[
        ("title", old.title != new.title),
        ("range", old.range != new.range),
        ("refresh", old.refresh != new.refresh),
        ("variables", old.variables != new.variables),
    ]);
    let mut left: Vec<&PanelSummary> = old.panels.iter().collect();
    let mut found = Vec::new();
    for panel in &new.panels {
        // Ids are counted where nobody gives them: a panel is known again by what it is, wherever it went.
        let same = |is_same: &dyn Fn(&PanelSummary) -> bool| left.iter().position(|other| is_same(other));
        let place = same(&|other| PanelSummary { id: panel.id.clone(), ..other.clone() } == *panel)
            .or_else(|| same(&|other| other.title == panel.title && other.row == panel.row && !panel.title.is_empty()))
            .or_else(|| same(&|other| other.id == panel.id && !new.panels.iter().any(|one| one.title == other.title)));
        match place.map(|place| left.remove(place)) {
            None => found.push(of_panel(new, panel, Kind::Added)),
            Some(other) => {
                let what = panel_changes(other, panel);
                if !what.is_empty() {
                    found.push(of_panel(new, panel, Kind::Changed(what)));
                }
            }
        }
    }
    found.extend(left.into_iter().map(|panel| of_panel(old, panel, Kind::Removed)));
    if found.is_empty() && own.is_empty() {
        return found;
    }
    let what = if own.is_empty() { vec!["panels"] } else { own };
    std::iter::once(of(new, Kind::Changed(what))).chain(found).collect()
}

fn panel_changes(old: &PanelSummary, new: &PanelSummary) -> Vec<&'static str> {
    what(&[
        ("title", old.title != new.title),
        ("row", old.row != new.row),
        ("show", old.show != new.show),
        ("source", old.source != new.source),
        ("queries", old.queries != new.queries),
        ("legend", old.legends != new.legends),
        ("size", (old.width, old.height) != (new.width, new.height)),
        ("options", old.options != new.options),
        ("alerts", old.alerts != new.alerts),
        ("time, repeat, transform, thresholds or links", old.rest != new.rest),
    ])
}

fn what(parts: &[(&'static str, bool)]) -> Vec<&'static str> {
    parts.iter().filter_map(|(name, differs)| differs.then_some(*name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn panel(id: &str, title: &str, query: &str) -> PanelSummary {
        PanelSummary {
            id: id.to_owned(),
            row: String::new(),
            title: title.to_owned(),
            show: "stat".to_owned(),
            source: None,
            queries: vec![query.to_owned()],
            legends: Vec::new(),
            width: 3,
            height: 2,
            options: "{}".to_owned(),
            alerts: Vec::new(),
            rest: String::new(),
        }
    }

    fn dashboard(name: &str, panels: Vec<PanelSummary>) -> Summary {
        let text = |text: &str| text.to_owned();
        Summary { name: text(name), title: text("T"), range: text("1h"), refresh: text("15s"), variables: Vec::new(), panels }
    }

    fn lines(before: &[Summary], after: &[Summary]) -> Vec<String> {
        diff(before, after).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn panels_are_known_again_wherever_they_went() {
        let before = dashboard("a", vec![panel("p0", "CPU", "cpu"), panel("p1", "Load", "load"), panel("p2", "Old", "old")]);
        let after = dashboard("a", vec![panel("p0", "New", "new"), panel("p1", "CPU", "cpu"), panel("p2", "Load", "load5")]);
        let expected =
            ["~ dashboard a “T”: panels", "  + panel “New” (p0)", "  ~ panel “Load” (p2): queries", "  - panel “Old” (p2)"];
        assert_eq!(lines(std::slice::from_ref(&before), &[after]), expected);
        assert!(lines(std::slice::from_ref(&before), std::slice::from_ref(&before)).is_empty());
    }

    #[test]
    fn dashboards_come_and_go() {
        let (a, b) = (dashboard("a", vec![panel("p0", "CPU", "cpu")]), dashboard("b", Vec::new()));
        let longer = Summary { range: "6h".to_owned(), ..b.clone() };
        assert_eq!(
            lines(std::slice::from_ref(&a), std::slice::from_ref(&b)),
            ["+ dashboard b “T”", "- dashboard a “T”", "  - panel “CPU” (p0)"]
        );
        assert_eq!(lines(&[a.clone(), b], &[a, longer]), ["~ dashboard b “T”: range"]);
    }
}
