//! What metrics are: told once for all their series, kept until told otherwise.

use std::collections::HashMap;
use std::sync::PoisonError;

use rusqlite::{Connection, Transaction, params};
use vitrine_model::push::Push;
use vitrine_model::sample::{Family, MetricKind};

use super::Engine;
use crate::sqlite::Trouble;

impl Engine {
    /// Writes what is new of the families; answers it.
    pub(super) fn write_families(&self, transaction: &Transaction<'_>, pushes: &[Push]) -> Result<Vec<Family>, Trouble> {
        let known = self.families.read().unwrap_or_else(PoisonError::into_inner);
        let mut fresh = Vec::new();
        for family in pushes.iter().flat_map(|push| &push.families) {
            if known.get(&family.name) == Some(family) {
                continue;
            }
            transaction
                .prepare_cached("INSERT OR REPLACE INTO families (name, kind, help, unit) VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![family.name, kind_word(family.kind), family.help, family.unit])?;
            fresh.push(family.clone());
        }
        Ok(fresh)
    }

    pub(super) fn adopt_families(&self, families: &[Family]) {
        if !families.is_empty() {
            let mut known = self.families.write().unwrap_or_else(PoisonError::into_inner);
            known.extend(families.iter().map(|family| (family.name.clone(), family.clone())));
        }
    }

    /// By name.
    pub(super) fn known_families(&self) -> Vec<Family> {
        let known = self.families.read().unwrap_or_else(PoisonError::into_inner);
        let mut families: Vec<Family> = known.values().cloned().collect();
        families.sort_by(|a, b| a.name.cmp(&b.name));
        families
    }
}

pub(super) fn load(connection: &Connection) -> Result<HashMap<String, Family>, Trouble> {
    let mut statement = connection.prepare("SELECT name, kind, help, unit FROM families")?;
    let families = statement.query_map([], |row| {
        let kind: String = row.get(1)?;
        Ok(Family { name: row.get(0)?, kind: kind_from_word(&kind), help: row.get(2)?, unit: row.get(3)? })
    })?;
    families.map(|family| family.map(|family| (family.name.clone(), family)).map_err(Trouble::from)).collect()
}

fn kind_word(kind: MetricKind) -> &'static str {
    match kind {
        MetricKind::Unknown => "unknown",
        MetricKind::Counter => "counter",
        MetricKind::Gauge => "gauge",
        MetricKind::Histogram => "histogram",
        MetricKind::Summary => "summary",
    }
}

fn kind_from_word(word: &str) -> MetricKind {
    match word {
        "counter" => MetricKind::Counter,
        "gauge" => MetricKind::Gauge,
        "histogram" => MetricKind::Histogram,
        "summary" => MetricKind::Summary,
        _ => MetricKind::Unknown,
    }
}
