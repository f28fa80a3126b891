//! Numbers by category and group.

use vitrine_sdk::panel::{ColumnRef, Group, Sort, numbered, rows, series_names};
use vitrine_sdk::{Frame, Values};

use crate::Options;

/// The host takes no more.
const MOST_GROUPS: usize = 100;
const MOST_CATEGORIES: usize = 1_000;

#[derive(Debug, Default)]
pub(crate) struct Pivot {
    pub categories: Vec<String>,
    /// Each with a value for each category.
    pub groups: Vec<Group>,
}

impl Pivot {
    pub(crate) fn of_series(frames: &[Frame], options: &Options) -> Pivot {
        let mut pivot = Pivot::default();
        let names = series_names(frames, options.legend.as_deref());
        for ((place, column, values), name) in numbered(frames).zip(names) {
            let category = options.by.as_deref().map_or(name, |label| column.label(label).unwrap_or_default().to_owned());
            let group = options.group.as_deref().map_or("value", |label| column.label(label).unwrap_or_default());
            // One colour for all bars of a lone group: it is not that series' own.
            let origin = options.group.is_some().then_some(place);
            pivot.add(category, group, origin, options.reduce.apply(values));
        }
        pivot
    }

    pub(crate) fn of_table(table: &Frame) -> Pivot {
        let Some(names) = rows::first_texts(table) else { return Pivot::default() };
        let count = rows::count(table).min(MOST_CATEGORIES);
        let group = |column: &vitrine_sdk::Column| match &column.values {
            Values::Numbers(numbers) => {
                let values = (0..count).map(|row| numbers.get(row).copied().unwrap_or(f64::NAN)).collect();
                Some(Group { name: column.name.clone(), origin: None, values })
            }
            _ => None,
        };
        let groups = table.columns.iter().filter_map(group).take(MOST_GROUPS).collect();
        Pivot { categories: (0..count).map(|row| rows::text(names, row)).collect(), groups }
    }

    /// What falls together is added up.
    fn add(&mut self, category: String, group: &str, origin: Option<ColumnRef>, value: f64) {
        let place = match self.categories.iter().position(|known| *known == category) {
            Some(place) => place,
            None if self.categories.len() == MOST_CATEGORIES => return,
            None => {
                self.categories.push(category);
                self.groups.iter_mut().for_each(|group| group.values.push(f64::NAN));
                self.categories.len() - 1
            }
        };
        if !self.groups.iter().any(|known| known.name == group) {
            if self.groups.len() == MOST_GROUPS {
                return;
            }
            let values = vec![f64::NAN; self.categories.len()];
            self.groups.push(Group { name: group.to_owned(), origin, values });
        }
        if let Some(group) = self.groups.iter_mut().find(|known| known.name == group) {
            let sum = &mut group.values[place];
            *sum = if sum.is_nan() { value } else { *sum + if value.is_nan() { 0.0 } else { value } };
        }
    }

    /// By the sum over all groups.
    pub(crate) fn sort(&mut self, sort: Sort) {
        let sum = |place: usize| {
            let values = self.groups.iter().map(|group| group.values[place]).filter(|value| !value.is_nan());
            values.reduce(|sum, value| sum + value).unwrap_or(f64::NAN)
        };
        let sums: Vec<f64> = (0..self.categories.len()).map(sum).collect();
        let key = |place: usize| (self.categories[place].as_str(), sums[place]);
        let mut order: Vec<usize> = (0..self.categories.len()).collect();
        order.sort_by(|left, right| sort.compare(key(*left), key(*right)));
        self.pick(&order);
    }

    pub(crate) fn limit(&mut self, count: usize) {
        let kept: Vec<usize> = (0..self.categories.len().min(count)).collect();
        self.pick(&kept);
    }

    fn pick(&mut self, places: &[usize]) {
        self.categories = places.iter().map(|place| self.categories[*place].clone()).collect();
        for group in &mut self.groups {
            group.values = places.iter().map(|place| group.values[*place]).collect();
        }
    }
}
