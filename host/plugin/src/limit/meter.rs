//! Says no to memory and tables over a guest's limits, or over what all guests have together, and remembers why.

use std::sync::Arc;

use wasmtime::{Error, ResourceLimiter};

use super::{Budget, Limits};

/// Core instances, memories and tables that one guest may hold. A panel in Python is 38 instances: one for each library of
/// its interpreter, and for each of WASI's interfaces that it has stand-ins for.
pub(crate) const INSTANCES: usize = 64;
pub(crate) const PARTS: usize = 8;

/// What a guest was refused in the call under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// Its own limit of memory.
    Memory,
    /// Its own limit of table entries.
    Table,
    /// All guests together have no more.
    Budget,
}

/// Counts one guest's memory, and takes it from the budget of all.
#[derive(Debug)]
pub(crate) struct Meter {
    memory_limit: usize,
    table_limit: usize,
    budget: Arc<Budget>,
    memory_bytes: usize,
    table_entries: usize,
    /// What the last growth that was allowed took: given back if it does not come to pass.
    last_growth: usize,
    pub(crate) refused: Option<Refused>,
}

impl Meter {
    pub(crate) fn new(limits: &Limits, budget: Arc<Budget>) -> Meter {
        Meter {
            memory_limit: limits.memory_bytes,
            table_limit: limits.table_entries,
            budget,
            memory_bytes: 0,
            table_entries: 0,
            last_growth: 0,
            refused: None,
        }
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        self.memory_bytes
    }

    fn refuse(&mut self, why: Refused) -> Result<bool, Error> {
        self.refused = Some(why);
        Ok(false)
    }
}

impl ResourceLimiter for Meter {
    fn memory_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> Result<bool, Error> {
        let growth = desired.saturating_sub(current);
        self.last_growth = 0;
        if maximum.is_some_and(|maximum| desired > maximum) {
            // It will fail by itself; nothing is taken for it.
            return Ok(false);
        }
        if self.memory_bytes.saturating_add(growth) > self.memory_limit {
            return self.refuse(Refused::Memory);
        }
        if !self.budget.take(growth) {
            return self.refuse(Refused::Budget);
        }
        self.memory_bytes += growth;
        self.last_growth = growth;
        Ok(true)
    }

    fn memory_grow_failed(&mut self, _error: Error) -> Result<(), Error> {
        let growth = std::mem::take(&mut self.last_growth);
        self.memory_bytes -= growth;
        self.budget.give_back(growth);
        Ok(())
    }

    fn table_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool, Error> {
        let total = self.table_entries.saturating_add(desired.saturating_sub(current));
        if total > self.table_limit {
            return self.refuse(Refused::Table);
        }
        self.table_entries = total;
        Ok(true)
    }

    fn instances(&self) -> usize {
        INSTANCES
    }

    fn tables(&self) -> usize {
        INSTANCES
    }

    fn memories(&self) -> usize {
        PARTS
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        self.budget.give_back(self.memory_bytes);
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use vitrine_pack::Kind;

    use super::*;
    use crate::settings::{InstanceLimits, PluginSettings};

    const MIB: usize = 1 << 20;

    fn meter(budget: &Arc<Budget>) -> Meter {
        let settings = PluginSettings { memory_mib: 4, table_entries: 10, ..PluginSettings::default() };
        Meter::new(&Limits::new(&settings, Kind::Panel, None, &InstanceLimits::default()), Arc::clone(budget))
    }

    #[test]
    fn several_memories_count_together_and_what_failed_or_ended_is_given_back() {
        let budget = Arc::new(Budget::new(6 * MIB));
        let mut first = meter(&budget);
        assert!(first.memory_growing(0, 2 * MIB, None).unwrap());
        assert!(first.memory_growing(0, 2 * MIB, None).unwrap());
        assert!(!first.memory_growing(2 * MIB, 3 * MIB, None).unwrap());
        assert_eq!(first.refused, Some(Refused::Memory));
        let mut second = meter(&budget);
        assert!(second.memory_growing(0, 2 * MIB, None).unwrap());
        assert!(!second.memory_growing(2 * MIB, 3 * MIB, None).unwrap());
        assert_eq!(second.refused, Some(Refused::Budget));
        drop(first);
        assert!(second.memory_growing(2 * MIB, 3 * MIB, None).unwrap());
        second.memory_grow_failed(Error::msg("no pages")).unwrap();
        assert_eq!((second.memory_bytes(), budget.used()), (2 * MIB, 2 * MIB));
        drop(second);
        assert_eq!(budget.used(), 0);
    }

    #[test]
    fn growth_beyond_its_own_maximum_takes_nothing() {
        let budget = Arc::new(Budget::new(6 * MIB));
        let mut meter = meter(&budget);
        assert!(!meter.memory_growing(0, 2 * MIB, Some(MIB)).unwrap());
        meter.memory_grow_failed(Error::msg("too large")).unwrap();
        assert_eq!((meter.refused, budget.used()), (None, 0));
    }

    #[test]
    fn tables_count_together() {
        let mut meter = meter(&Arc::new(Budget::new(MIB)));
        assert!(meter.table_growing(0, 6, None).unwrap());
        assert!(!meter.table_growing(0, 5, None).unwrap());
        assert_eq!(meter.refused, Some(Refused::Table));
    }
}
