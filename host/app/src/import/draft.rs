//! A dashboard on its way from another program's words to a file of ours: each part still knows where it came from.

use super::notes::Notes;
use super::yaml::Yaml;

/// Options that stand beside `show`; all others stand under `options`.
const COMMON: [&str; 12] = ["unit", "stack", "draw", "min", "max", "warn", "bad", "text", "reduce", "sort", "limit", "trend"];

#[derive(Debug, Default)]
pub struct Draft {
    pub title: String,
    pub range: Option<String>,
    pub refresh: Option<String>,
    pub time_zone: Option<String>,
    pub variables: Vec<Variable>,
    pub links: Vec<Link>,
    /// Above all headings.
    pub panels: Vec<Panel>,
    pub rows: Vec<Row>,
    pub notes: Notes,
    /// What leads to the dashboard in the file that was read.
    pub prefix: &'static str,
}

#[derive(Debug)]
pub struct Variable {
    pub origin: String,
    pub name: String,
    /// Whether several values, or all, can be chosen.
    pub several: bool,
    pub fields: Vec<(String, Yaml)>,
}

#[derive(Debug, Default)]
pub struct Row {
    pub origin: String,
    pub title: String,
    pub repeat: Option<String>,
    pub panels: Vec<Panel>,
}

#[derive(Debug, Default, Clone)]
pub struct Panel {
    pub origin: String,
    pub title: String,
    pub show: String,
    pub queries: Vec<Query>,
    pub range: Option<String>,
    pub shift: Option<String>,
    pub repeat: Option<String>,
    pub width: u8,
    pub height: u8,
    pub links: Vec<Link>,
    /// Values and the states that begin there, where `warn` and `bad` cannot say it.
    pub thresholds: Vec<(f64, &'static str)>,
    /// What the plugin is told.
    pub options: Vec<(String, Yaml)>,
}

#[derive(Debug, Clone)]
pub struct Link {
    pub origin: String,
    pub title: String,
    pub to: String,
}

#[derive(Debug, Clone)]
pub struct Query {
    pub origin: String,
    pub text: String,
    pub legend: Option<String>,
}

impl Draft {
    pub fn tree(&self) -> Yaml {
        let mut fields = vec![entry("title", Yaml::text(&self.title))];
        let texts = [("range", &self.range), ("refresh", &self.refresh), ("time_zone", &self.time_zone)];
        fields.extend(texts.into_iter().filter_map(|(key, text)| Some(entry(key, Yaml::text(text.as_ref()?)))));
        if !self.variables.is_empty() {
            let variables = self.variables.iter().map(|variable| (variable.name.clone(), variable.tree())).collect();
            fields.push(entry("variables", Yaml::Map(variables)));
        }
        fields.extend(links(&self.links));
        if !self.panels.is_empty() {
            fields.push(entry("panels", panels(&self.panels)));
        }
        if !self.rows.is_empty() {
            fields.push(entry("rows", Yaml::List(self.rows.iter().map(Row::tree).collect())));
        }
        Yaml::Map(fields)
    }

    /// A variable that may have several values is matched as a pattern, in every query.
    pub fn match_several(&mut self) {
        let several: Vec<String> = self.variables.iter().filter(|one| one.several).map(|one| one.name.clone()).collect();
        for query in self.all().flat_map(|panel| &mut panel.queries) {
            query.text = several.iter().fold(std::mem::take(&mut query.text), |text, name| matched(&text, name));
        }
    }

    /// All panels, in their order.
    pub fn all(&mut self) -> impl Iterator<Item = &mut Panel> {
        self.panels.iter_mut().chain(self.rows.iter_mut().flat_map(|row| &mut row.panels))
    }
}

fn entry(key: &str, value: Yaml) -> (String, Yaml) {
    (key.to_owned(), value)
}

fn links(links: &[Link]) -> Option<(String, Yaml)> {
    let one = |link: &Link| Yaml::Map(vec![entry("title", Yaml::text(&link.title)), entry("to", Yaml::text(&link.to))]);
    (!links.is_empty()).then(|| entry("links", Yaml::List(links.iter().map(one).collect())))
}

fn panels(panels: &[Panel]) -> Yaml {
    Yaml::List(panels.iter().map(Panel::tree).collect())
}

impl Variable {
    /// A query alone, or a list alone, is the variable.
    fn tree(&self) -> Yaml {
        match self.fields.as_slice() {
            [(key, value)] if key == "query" || key == "values" => value.clone(),
            fields => Yaml::Map(fields.to_vec()),
        }
    }
}

impl Row {
    fn tree(&self) -> Yaml {
        let mut fields = vec![entry("title", Yaml::text(&self.title))];
        fields.extend(self.repeat.iter().map(|name| entry("repeat", Yaml::text(name))));
        fields.push(entry("panels", panels(&self.panels)));
        Yaml::Map(fields)
    }
}

impl Panel {
    /// Takes ours for their kind of panel, or `timeseries` where there is none like it and something is asked. Whether
    /// there is anything to show; the notes say what is not.
    pub fn show_like(&mut self, kinds: &[(&str, &str)], theirs: &str, notes: &mut Notes) -> bool {
        let known = kinds.iter().find(|(kind, _)| *kind == theirs);
        if known.is_none() && self.queries.is_empty() {
            notes.add(&self.origin, format!("the panel is left out: there is none like `{theirs}`"));
            return false;
        }
        if known.is_none() {
            notes.add(&self.origin, format!("there is no panel like `{theirs}`: `timeseries` shows its queries"));
        }
        known.map_or("timeseries", |(_, ours)| *ours).clone_into(&mut self.show);
        true
    }

    pub fn set(&mut self, key: &str, value: Yaml) {
        self.options.retain(|(known, _)| known != key);
        self.options.push(entry(key, value));
    }

    pub fn option(&self, key: &str) -> Option<&Yaml> {
        self.options.iter().find(|(known, _)| known == key).map(|(_, value)| value)
    }

    fn tree(&self) -> Yaml {
        let mut fields = Vec::new();
        if !self.title.is_empty() {
            fields.push(entry("title", Yaml::text(&self.title)));
        }
        fields.push(entry("show", Yaml::text(&self.show)));
        self.queries_into(&mut fields);
        let (common, others): (Vec<_>, Vec<_>) =
            self.options.iter().cloned().partition(|(key, _)| COMMON.contains(&key.as_str()));
        fields.extend(common);
        if !self.thresholds.is_empty() {
            let one = |(value, state): &(f64, &str)| {
                Yaml::Map(vec![entry("value", Yaml::Number(*value)), entry("state", Yaml::text(*state))])
            };
            fields.push(entry("thresholds", Yaml::List(self.thresholds.iter().map(one).collect())));
        }
        fields.extend(links(&self.links));
        let texts = [("range", &self.range), ("shift", &self.shift), ("repeat", &self.repeat)];
        fields.extend(texts.into_iter().filter_map(|(key, text)| Some(entry(key, Yaml::text(text.as_ref()?)))));
        fields.push(entry("width", Yaml::Number(f64::from(self.width))));
        fields.push(entry("height", Yaml::Number(f64::from(self.height))));
        if !others.is_empty() {
            fields.push(entry("options", Yaml::Map(others)));
        }
        Yaml::Map(fields)
    }

    /// A legend that all queries have is the panel's.
    fn queries_into(&self, fields: &mut Vec<(String, Yaml)>) {
        let Some(first) = self.queries.first() else { return };
        let shared = self.queries.iter().all(|query| query.legend == first.legend);
        if self.queries.len() == 1 {
            fields.push(entry("query", Yaml::text(&first.text)));
        } else {
            let one = |query: &Query| match query.legend.as_ref().filter(|_| !shared) {
                None => Yaml::text(&query.text),
                Some(legend) => Yaml::Map(vec![entry("query", Yaml::text(&query.text)), entry("legend", Yaml::text(legend))]),
            };
            fields.push(entry("queries", Yaml::List(self.queries.iter().map(one).collect())));
        }
        if shared {
            fields.extend(first.legend.iter().map(|legend| entry("legend", Yaml::text(legend))));
        }
    }
}

/// The query with `="$name"` as `=~"$name"`.
fn matched(query: &str, name: &str) -> String {
    let mut out = query.to_owned();
    for used in [format!("\"${name}\""), format!("\"${{{name}}}\""), format!("'${name}'"), format!("'${{{name}}}'")] {
        let mut from = 0;
        while let Some(found) = out[from..].find(&used) {
            let at = from + found;
            let before = out[..at].trim_end();
            let width = out[..at].len() - before.len();
            let place = at - width;
            from = at + used.len();
            if before.ends_with("!=") {
                out.replace_range(place - 1..place, "~");
            } else if before.ends_with('=') && !before.ends_with("==") {
                out.insert(place, '~');
                from += 1;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_values_are_matched_as_a_pattern() {
        assert_eq!(matched("x{a=\"$job\", b!=\"$job\", c=~\"$job\"}", "job"), "x{a=~\"$job\", b!~\"$job\", c=~\"$job\"}");
        assert_eq!(matched("x{a= '${job}'} == 1", "job"), "x{a=~ '${job}'} == 1");
        assert_eq!(matched("x{a=\"$jobs\"}", "job"), "x{a=\"$jobs\"}");
    }
}
