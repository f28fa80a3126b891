//! Where elements stand: a grid, a grid that fills itself, rows, tabs, and any of these in rows and tabs.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::layout::{place, placed, rows_of};
use super::super::{list, number, text, word};
use super::element;
use crate::import::draft::{Draft, Panel, Row};

/// Pixels of the rows of a grid that fills itself, by its word.
const HEIGHTS: [(&str, f64); 3] = [("short", 168.0), ("standard", 320.0), ("tall", 512.0)];
const COLUMNS: f64 = 3.0;

/// What stands above a part of the layout.
#[derive(Clone)]
struct Heading {
    origin: String,
    title: String,
    repeat: Option<String>,
}

struct Reader<'a> {
    elements: &'a Value,
    /// Those that stand somewhere.
    placed: BTreeSet<String>,
    draft: &'a mut Draft,
}

pub fn read(dashboard: &Value, draft: &mut Draft) {
    let elements = &dashboard["elements"];
    let mut reader = Reader { elements, placed: BTreeSet::new(), draft };
    reader.part(&dashboard["layout"], "layout", None);
    let lost = elements.as_object().into_iter().flatten().map(|(name, _)| name).filter(|name| !reader.placed.contains(*name));
    let lost: Vec<String> = lost.cloned().collect();
    for name in lost {
        draft.notes.add(format!("elements.{name}"), "the panel is left out: it stands nowhere in the layout");
    }
}

impl Reader<'_> {
    fn part(&mut self, layout: &Value, origin: &str, heading: Option<&Heading>) {
        let spec = &layout["spec"];
        match word(&layout["kind"]).unwrap_or_default() {
            "GridLayout" => self.grid(list(&spec["items"]), &format!("{origin}.spec.items"), heading),
            "AutoGridLayout" | "ResponsiveGridLayout" => self.auto(spec, &format!("{origin}.spec"), heading),
            "RowsLayout" => self.headed(list(&spec["rows"]), &format!("{origin}.spec.rows"), heading),
            "TabsLayout" => {
                self.draft.notes.add(origin, "there are no tabs: each is a row");
                self.headed(list(&spec["tabs"]), &format!("{origin}.spec.tabs"), heading);
            }
            other => self.draft.notes.add(origin, format!("the layout `{other}` is not known: its panels are left out")),
        }
    }

    /// Rows or tabs, each with a layout of its own.
    fn headed(&mut self, parts: &[Value], origin: &str, above: Option<&Heading>) {
        for (at, part) in parts.iter().enumerate() {
            let (origin, spec) = (format!("{origin}[{at}]"), &part["spec"]);
            let notes = &mut self.draft.notes;
            if spec["collapse"] == true {
                notes.add(&origin, "rows are always open");
            }
            self.conditions(spec, &origin);
            let own = if spec["hideHeader"] == true { String::new() } else { title(spec) };
            let title = match above.map(|above| above.title.as_str()).filter(|title| !title.is_empty()) {
                Some(above) if !own.is_empty() => format!("{above} · {own}"),
                Some(above) => above.to_owned(),
                None => own,
            };
            if !list(&spec["variables"]).is_empty() {
                self.draft.notes.add(format!("{origin}.spec.variables"), "variables are the dashboard's, and not a row's");
            }
            let repeat = self.repeat(spec, &origin).or_else(|| above.and_then(|above| above.repeat.clone()));
            let inner = format!("{origin}.spec.layout");
            self.part(&spec["layout"], &inner, Some(&Heading { origin, title, repeat }));
        }
    }

    fn grid(&mut self, items: &[Value], origin: &str, heading: Option<&Heading>) {
        let mut sorted: Vec<(String, Value)> = Vec::new();
        for (at, item) in items.iter().enumerate() {
            let spec = &item["spec"];
            let at_grid = json!({ "x": spec["x"], "y": spec["y"], "w": spec["width"], "h": spec["height"] });
            let mut item = item.clone();
            item["gridPos"] = at_grid;
            sorted.push((format!("{origin}[{at}]"), item));
        }
        sorted.sort_by(|(_, one), (_, other)| place(one).total_cmp(&place(other)));
        let mut panels = Vec::new();
        let mut heading = heading.cloned();
        for (origin, item) in sorted {
            if word(&item["kind"]) == Some("GridLayoutRow") {
                self.put(std::mem::take(&mut panels), heading.as_ref());
                if item["spec"]["collapsed"] == true {
                    self.draft.notes.add(&origin, "rows are always open");
                }
                let repeat = self.repeat(&item["spec"], &origin);
                let row = Heading { title: title(&item["spec"]), repeat, origin };
                self.grid(list(&item["spec"]["elements"]), &format!("{}.spec.elements", row.origin), Some(&row));
                heading = Some(row);
            } else {
                panels.extend(self.panel(&item["spec"], &origin).map(|panel| placed(panel, &item)));
            }
        }
        self.put(panels, heading.as_ref());
    }

    /// As many beside each other as there may be columns.
    fn auto(&mut self, spec: &Value, origin: &str, heading: Option<&Heading>) {
        let columns = number(&spec["maxColumnCount"]).unwrap_or(COLUMNS).clamp(1.0, 12.0);
        let named = HEIGHTS.iter().find(|(name, _)| word(&spec["rowHeightMode"]) == Some(name)).map(|(_, pixels)| *pixels);
        let pixels = named.or_else(|| number(&spec["rowHeight"])).unwrap_or(HEIGHTS[1].1);
        let mut panels = Vec::new();
        for (at, item) in list(&spec["items"]).iter().enumerate() {
            let panel = self.panel(&item["spec"], &format!("{origin}.items[{at}]"));
            let (width, height) = ((12.0 / columns).floor().max(1.0) as u8, rows_of(pixels));
            panels.extend(panel.map(|panel| Panel { width, height, ..panel }));
        }
        self.put(panels, heading);
    }

    fn panel(&mut self, spec: &Value, origin: &str) -> Option<Panel> {
        let name = word(&spec["element"]["name"]).unwrap_or_default().to_owned();
        self.conditions(spec, origin);
        let Some(source) = self.elements.get(&name) else {
            self.draft.notes.add(origin, format!("there is no element `{name}`"));
            return None;
        };
        self.placed.insert(name.clone());
        let repeat = self.repeat(spec, origin);
        element(source, &format!("elements.{name}"), repeat.as_deref(), &mut self.draft.notes)
    }

    /// Rows stay together: what stands above all headings is above all rows.
    fn put(&mut self, panels: Vec<Panel>, heading: Option<&Heading>) {
        match (heading, self.draft.rows.last_mut()) {
            (Some(heading), Some(row)) if row.origin == heading.origin => row.panels.extend(panels),
            (Some(_), _) if panels.is_empty() => {}
            (Some(Heading { origin, title, repeat }), _) => {
                self.draft.rows.push(Row { origin: origin.clone(), title: title.clone(), repeat: repeat.clone(), panels });
            }
            (None, Some(row)) => row.panels.extend(panels),
            (None, None) => self.draft.panels.extend(panels),
        }
    }

    /// The variable that something is repeated by.
    fn repeat(&mut self, spec: &Value, origin: &str) -> Option<String> {
        let repeat = &spec["repeat"];
        if !repeat.is_object() {
            return None;
        }
        if word(&repeat["direction"]) == Some("v") || number(&repeat["maxPerRow"]).is_some() {
            self.draft.notes.add(format!("{origin}.spec.repeat"), "repeated panels stand beside each other");
        }
        word(&repeat["value"]).map(str::to_owned)
    }

    fn conditions(&mut self, spec: &Value, origin: &str) {
        if !list(&spec["conditionalRendering"]["spec"]["items"]).is_empty() {
            let place = format!("{origin}.spec.conditionalRendering");
            self.draft.notes.add(place, "there are no conditions for what is shown: it always is");
        }
    }
}

fn title(spec: &Value) -> String {
    text::variables(word(&spec["title"]).unwrap_or_default())
}
