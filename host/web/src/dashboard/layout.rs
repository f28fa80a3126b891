//! A dashboard as one scope shows it: variables filled in, rows and panels repeated, what people can choose.

mod repeat;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::tz::TimeZone;
use vitrine_model::Millis;
use vitrine_model::frame::TimeRange;

use crate::dashboard::kept::Kept;
use crate::dashboard::link::Link;
use crate::dashboard::options::{Options, PACE};
use crate::dashboard::scope::{Asked, Chosen, Looks, Scope, Time};
use crate::dashboard::values::{Value, Values};
use crate::dashboard::variable::{Choice, Kind, Picker, PickerOption, Variable};
use crate::dashboard::{Dashboard, Row};
use crate::page::messages::Messages;
use crate::page::reader::Language;

/// Layouts kept for those who come a little later.
const MOST_KEPT: usize = 256;

/// A dashboard, laid out: what a page shows and a stream tells.
#[derive(Debug, Clone)]
pub struct Layout {
    pub dashboard: Arc<Dashboard>,
    /// Complete: asking for it again gives this.
    pub scope: Scope,
    pub title: String,
    pub links: Vec<Link>,
    /// With titles, ids and options filled in, and everything repeated.
    pub rows: Vec<Row>,
    pub pickers: Vec<Picker>,
    /// What could not be shown as it should, for whoever looks.
    pub notices: Vec<String>,
}

impl Layout {
    pub fn panels(&self) -> impl Iterator<Item = &crate::dashboard::Panel> {
        self.rows.iter().flat_map(|row| &row.panels)
    }
}

type Key = (u64, String, Asked);

/// Lays dashboards out.
pub struct Layouts {
    options: Options,
    zone: TimeZone,
    kept: Mutex<Kept<Key, (Millis, Arc<Layout>)>>,
}

impl Layouts {
    pub fn new(options: Options, zone: TimeZone) -> Layouts {
        Layouts { options, zone, kept: Mutex::new(Kept::new(MOST_KEPT)) }
    }

    pub fn forget(&self) {
        self.options.forget();
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The dashboard as it was asked for.
    pub async fn lay(&self, generation: u64, dashboard: &Arc<Dashboard>, asked: &Asked, now: Millis) -> Arc<Layout> {
        if asked.looks.is_empty() {
            return self.plain(generation, dashboard, asked, now).await;
        }
        // How single panels are looked at changes nothing of the layout.
        let plain = Asked { looks: Looks::new(), ..asked.clone() };
        let layout = self.plain(generation, dashboard, &plain, now).await;
        let mut looks = asked.looks.clone();
        looks.retain(|id, _| layout.panels().any(|panel| panel.id == *id));
        let scope = Scope { looks: Arc::new(looks), ..layout.scope.clone() };
        Arc::new(Layout { scope, ..layout.as_ref().clone() })
    }

    async fn plain(&self, generation: u64, dashboard: &Arc<Dashboard>, asked: &Asked, now: Millis) -> Arc<Layout> {
        let moment = now - now.rem_euclid(PACE);
        let key = (generation, dashboard.name.clone(), asked.clone());
        if let Some((at, layout)) = self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(&key)
            && at == moment
        {
            return layout;
        }
        let layout = Arc::new(self.make(dashboard, asked, now).await);
        // One that lacks values is made anew: they may be there in a moment.
        if layout.pickers.iter().all(|picker| picker.problem.is_none()) {
            self.kept.lock().unwrap_or_else(PoisonError::into_inner).set(key, (moment, Arc::clone(&layout)));
        }
        layout
    }

    async fn make(&self, dashboard: &Arc<Dashboard>, asked: &Asked, now: Millis) -> Layout {
        let time = asked.time.unwrap_or_else(|| Time::last(dashboard.range));
        let usual = || self.zone.iana_name().unwrap_or("UTC").to_owned();
        let zone = asked.zone.clone().or_else(|| dashboard.zone.clone()).unwrap_or_else(usual);
        let end = time.end(now);
        let range = TimeRange { start: end - time.span(now).millis(), end, step: 1 };
        let mut values = Values::default();
        values.set("__dashboard", Value::of([dashboard.name.as_str()]));
        let mut chosen = BTreeMap::new();
        let mut pickers: Vec<(usize, Picker)> = Vec::new();
        for variable in &dashboard.variables {
            let (choices, problem) = self.choices(variable, &values, range, asked.language).await;
            let choice = choose(variable, asked.chosen.get(&variable.name), &choices);
            values.set(variable.name.clone(), value(variable, &choice, &choices));
            if !variable.hidden {
                pickers.push((variable.order, picker(variable, &choice, &choices, problem)));
            }
            chosen.insert(variable.name.clone(), choice);
        }
        pickers.sort_by_key(|(order, _)| *order);
        let scope = Scope { time, zone, language: asked.language, chosen: Arc::new(chosen), looks: Arc::default() };
        let address = scope.address();
        let (rows, notices) = repeat::rows(dashboard, &values, &address, asked.language);
        Layout {
            links: dashboard.links.iter().map(|link| link.fill(&values, &address)).collect(),
            title: repeat::text(&dashboard.title, &values),
            dashboard: Arc::clone(dashboard),
            scope,
            rows,
            pickers: pickers.into_iter().map(|(_, picker)| picker).collect(),
            notices,
        }
    }

    async fn choices(
        &self,
        variable: &Variable,
        values: &Values,
        time: TimeRange,
        language: Language,
    ) -> (Vec<Choice>, Option<String>) {
        let Kind::Query(lookup) = &variable.kind else {
            return (variable.kind.choices().unwrap_or_default().to_vec(), None);
        };
        match self.options.find(lookup, values, time).await.as_ref() {
            Ok(found) if found.is_empty() => (Vec::new(), Some(Messages::of(language).no_values.to_owned())),
            Ok(found) => (found.iter().map(|value| Choice::plain(value)).collect(), None),
            Err(reason) => (Vec::new(), Some(reason.clone())),
        }
    }
}

/// What counts: the viewer's choice where it makes sense, the file's, or else the first there is.
fn choose(variable: &Variable, asked: Option<&Chosen>, choices: &[Choice]) -> Chosen {
    let is_choice = |value: &String| choices.iter().any(|choice| choice.value == *value);
    let most = if variable.multi { usize::MAX } else { 1 };
    match asked {
        Some(Chosen::All) if variable.all => return Chosen::All,
        Some(Chosen::These(values)) => match &variable.kind {
            Kind::Constant(_) => {}
            // A series may come back, and a text may be anything.
            Kind::Query(_) | Kind::Text => return Chosen::These(values.iter().take(most).cloned().collect()),
            Kind::List(_) | Kind::Interval(_) | Kind::Source(_) => {
                let values: Vec<String> = values.iter().filter(|value| is_choice(value)).take(most).cloned().collect();
                if !values.is_empty() {
                    return Chosen::These(values);
                }
            }
        },
        Some(Chosen::All) | None => {}
    }
    if variable.all && (variable.default.is_empty() || variable.default == ["all"]) {
        return Chosen::All;
    }
    if !variable.default.is_empty() {
        return Chosen::These(variable.default.clone());
    }
    match &variable.kind {
        Kind::Constant(value) => Chosen::These(vec![value.clone()]),
        Kind::Text => Chosen::These(vec![String::new()]),
        Kind::Query(_) | Kind::List(_) | Kind::Interval(_) | Kind::Source(_) => {
            Chosen::These(choices.first().map(|choice| choice.value.clone()).into_iter().collect())
        }
    }
}

fn value(variable: &Variable, chosen: &Chosen, choices: &[Choice]) -> Value {
    match (chosen, &variable.all_pattern) {
        (Chosen::All, pattern) => {
            let all = choices.iter().map(|choice| choice.value.clone()).collect();
            match pattern {
                Some(pattern) => Value::matching(all, pattern.clone()),
                None => Value::of::<String>(all),
            }
        }
        (Chosen::These(values), _) => Value::of(values.iter().cloned()),
    }
}

fn picker(variable: &Variable, chosen: &Chosen, choices: &[Choice], problem: Option<String>) -> Picker {
    let values: &[String] = match chosen {
        Chosen::All => &[],
        Chosen::These(values) => values,
    };
    let mut options: Vec<PickerOption> = choices
        .iter()
        .map(|choice| PickerOption {
            value: choice.value.clone(),
            text: choice.text.clone(),
            chosen: values.contains(&choice.value),
        })
        .collect();
    if !matches!(variable.kind, Kind::Text) {
        let gone = values.iter().filter(|value| !choices.iter().any(|choice| choice.value == **value));
        options.extend(gone.map(|value| PickerOption { value: value.clone(), text: value.clone(), chosen: true }));
    }
    Picker {
        name: variable.name.clone(),
        label: variable.label.clone(),
        kind: variable.kind.word(),
        multi: variable.multi,
        all: variable.all,
        all_chosen: *chosen == Chosen::All,
        options,
        chosen: values.to_vec(),
        problem,
    }
}
