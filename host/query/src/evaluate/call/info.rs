//! `info`: adds the labels of info metrics (`target_info`, unless others are named) to series of the same target.

use std::collections::BTreeMap;

use vitrine_model::labels::NAME;
use vitrine_model::matcher::Test;
use vitrine_model::{Labels, Matcher};

use super::super::Run;
use super::super::group::Groups;
use super::super::value::{Clash, Column, Gather, absent, is_absent};
use crate::QueryError;
use crate::syntax::tree::{Grouping, Kind, Node, Selector, Shift};

/// The labels that tell targets apart.
const TARGET: [&str; 2] = ["instance", "job"];
const DEFAULT: &str = "target_info";

/// What is asked of info metrics.
struct Wanted {
    names: Vec<Matcher>,
    labels: Vec<Matcher>,
}

/// The info series of each target.
struct Targets<'a> {
    groups: Groups<'a>,
    infos: Vec<Vec<Column>>,
}

impl Run<'_> {
    pub(super) fn info(&self, of: &Node, selector: Option<&Node>) -> Result<Vec<Column>, QueryError> {
        let wanted = Wanted::of(selector)?;
        let base = self.vector(of)?;
        let grouping = Grouping::Only(TARGET.map(str::to_owned).to_vec());
        let mut targets = Targets { groups: Groups::new(&grouping), infos: Vec::new() };
        let matchers = wanted.names.iter().chain(wanted.labels.iter().filter(|matcher| !matcher.matches_value("")));
        let place = of.place;
        let selector = Selector { matchers: matchers.cloned().collect(), shift: Shift::default() };
        for column in self.collect(&Node { kind: Kind::Select(Box::new(selector)), place })? {
            let place = targets.groups.place(&column.labels);
            if place == targets.infos.len() {
                targets.infos.push(Vec::new());
            }
            targets.infos[place].push(column);
        }
        let mut gather = Gather::default();
        for column in base {
            self.query.watch.check()?;
            for column in self.enriched(column, &wanted, &targets)? {
                gather.add(column).map_err(|Clash(labels)| {
                    QueryError::Invalid(format!("vector cannot contain metrics with the same labelset: {labels}"))
                })?;
            }
        }
        Ok(gather.finish())
    }

    /// The series once for each set of labels it has in turn.
    fn enriched(&self, column: Column, wanted: &Wanted, targets: &Targets<'_>) -> Result<Vec<Column>, QueryError> {
        let is_info = wanted.names.iter().all(|matcher| matcher.matches_value(column.labels.name()));
        if is_info {
            return Ok(vec![column]);
        }
        let infos: &[Column] = targets.groups.find(&column.labels).map_or(&[], |place| targets.infos[place].as_slice());
        // Without a label that must have a value, a series is as good without any info.
        let optional = wanted.labels.iter().all(|matcher| matcher.matches_value(""));
        let mut found: BTreeMap<Labels, Vec<f64>> = BTreeMap::new();
        for (step, value) in column.values.iter().enumerate().filter(|(_, value)| !is_absent(**value)) {
            let labels = wanted.labels_at(step, &column.labels, infos)?;
            if labels.is_none() && !optional {
                continue;
            }
            let labels = labels.unwrap_or_else(|| column.labels.clone());
            found.entry(labels).or_insert_with(|| vec![absent(); self.grid.steps])[step] = *value;
        }
        let drops_name = column.drops_name;
        Ok(found.into_iter().map(|(labels, values)| Column { labels, drops_name, values }).collect())
    }
}

impl Wanted {
    fn of(selector: Option<&Node>) -> Result<Wanted, QueryError> {
        let matchers = match selector.map(|node| &node.bare().kind) {
            None => Vec::new(),
            Some(Kind::Select(selector)) => selector.matchers.clone(),
            Some(_) => {
                let reason = "the second argument of `info` must be a selector such as `{version=~\".+\"}`";
                return Err(QueryError::Invalid(reason.to_owned()));
            }
        };
        let (mut names, labels): (Vec<Matcher>, Vec<Matcher>) = matchers.into_iter().partition(|matcher| matcher.name == NAME);
        if names.is_empty() {
            names.push(Matcher { name: NAME.to_owned(), test: Test::Equal(DEFAULT.to_owned()) });
        }
        Ok(Wanted { names, labels })
    }

    fn is_wanted(&self, label: &str) -> bool {
        self.labels.is_empty() || self.labels.iter().any(|matcher| matcher.name == label)
    }

    /// The labels at a step; nothing where no info is there.
    fn labels_at(&self, step: usize, base: &Labels, infos: &[Column]) -> Result<Option<Labels>, QueryError> {
        let mut added: BTreeMap<&str, &str> = BTreeMap::new();
        let mut names: Vec<&str> = Vec::new();
        for info in infos.iter().filter(|info| !is_absent(info.values[step])) {
            if names.contains(&info.labels.name()) {
                return Err(QueryError::Invalid(format!(
                    "found duplicate series for info metric {}: it must be unique for each `instance` and `job`",
                    info.labels.name()
                )));
            }
            names.push(info.labels.name());
            let data = info.labels.iter().filter(|(name, _)| *name != NAME && !TARGET.contains(name) && self.is_wanted(name));
            for (name, value) in data.filter(|(name, _)| base.get(name).is_none()) {
                if added.insert(name, value).is_some_and(|other| other != value) {
                    return Err(QueryError::Invalid(format!("conflicting label: several info metrics have `{name}`")));
                }
            }
        }
        Ok((!names.is_empty()).then(|| base.with(added)))
    }
}
