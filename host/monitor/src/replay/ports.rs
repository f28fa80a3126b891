//! What the planner keeps, in memory: events come in, deliveries are taken out, and each of them is taken to arrive.

use std::sync::{Mutex, MutexGuard, PoisonError};

use vitrine_model::Millis;
use vitrine_model::alert::{Alert, AlertChange, AlertEvent};
use vitrine_model::notification::Receipt;
use vitrine_model::oncall::Override;
use vitrine_model::port::StoreError;
use vitrine_model::port::alerts::{Alerts, StoredEvent};
use vitrine_model::port::deliveries::{Deliveries, Delivery, DeliveryRecord, NewDelivery, Room, Sought};
use vitrine_model::port::notices::{GroupRow, MemberRow, NoticeChange, Notices, RateRow};
use vitrine_model::port::oncall::OnCall;
use vitrine_model::port::silences::Silences;
use vitrine_model::silence::{Acknowledgement, Act, Silence};

#[derive(Default)]
struct Held {
    events: Vec<StoredEvent>,
    numbers: i64,
    deliveries: Vec<NewDelivery>,
    silences: Vec<Silence>,
    acknowledgements: Vec<Acknowledgement>,
    overrides: Vec<Override>,
}

impl Held {
    fn acknowledge(&mut self, given: &Acknowledgement) {
        self.acknowledgements.retain(|known| known.target != given.target);
        self.acknowledgements.push(given.clone());
    }
}

/// All ports of the planner.
#[derive(Default)]
pub(super) struct Memory(Mutex<Held>);

impl Memory {
    /// Nobody has been reminded of these silences yet.
    pub(super) fn new(silences: &[Silence], overrides: &[Override]) -> Memory {
        let silences = silences.iter().map(|silence| Silence { reminded: false, ..silence.clone() }).collect();
        Memory(Mutex::new(Held { silences, overrides: overrides.to_vec(), ..Held::default() }))
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn take(&self, change: &AlertChange) {
        let mut held = self.held();
        for event in &change.events {
            held.numbers += 1;
            let id = held.numbers;
            held.events.push(StoredEvent { id, event: event.clone() });
        }
    }

    /// What was planned since the last call.
    pub(super) fn deliveries(&self) -> Vec<NewDelivery> {
        std::mem::take(&mut self.held().deliveries)
    }
}

impl Alerts for Memory {
    /// What fires is known to the groups, which are made once.
    fn load(&self) -> Result<Vec<Alert>, StoreError> {
        Ok(Vec::new())
    }

    fn commit(&self, change: &AlertChange) -> Result<(), StoreError> {
        self.take(change);
        Ok(())
    }

    fn unplanned(&self, limit: usize) -> Result<Vec<StoredEvent>, StoreError> {
        Ok(self.held().events.iter().take(limit).cloned().collect())
    }

    fn history(&self, _: usize) -> Result<Vec<StoredEvent>, StoreError> {
        Ok(Vec::new())
    }

    fn of(&self, _: &str, _: usize) -> Result<Vec<StoredEvent>, StoreError> {
        Ok(Vec::new())
    }

    fn resolved(&self, _: Millis, _: Millis, _: usize) -> Result<Vec<AlertEvent>, StoreError> {
        Ok(Vec::new())
    }
}

impl Notices for Memory {
    fn load(&self) -> Result<(Vec<GroupRow>, Vec<MemberRow>), StoreError> {
        Ok((Vec::new(), Vec::new()))
    }

    fn rates(&self) -> Result<Vec<RateRow>, StoreError> {
        Ok(Vec::new())
    }

    fn commit(&self, change: &NoticeChange) -> Result<(), StoreError> {
        let mut held = self.held();
        // They are planned in the order in which they came.
        let last = change.planned.iter().max().copied().unwrap_or(0);
        held.events.retain(|event| event.id > last);
        held.deliveries.extend(change.deliveries.iter().cloned());
        change.acknowledged.iter().for_each(|given| held.acknowledge(given));
        for silence in held.silences.iter_mut().filter(|silence| change.reminded.contains(&silence.id)) {
            silence.reminded = true;
        }
        Ok(())
    }
}

impl Deliveries for Memory {
    fn claim(&self, _: Millis, _: Millis, _: &Room) -> Result<Vec<Delivery>, StoreError> {
        Ok(Vec::new())
    }

    fn delivered(&self, _: i64, _: Millis, _: &Receipt) -> Result<(), StoreError> {
        Ok(())
    }

    fn retry(&self, _: i64, _: Millis, _: &str) -> Result<(), StoreError> {
        Ok(())
    }

    fn bury(&self, _: i64, _: Millis, _: &str) -> Result<(), StoreError> {
        Ok(())
    }

    fn fall_back(&self, _: i64, _: Millis, _: &str, _: &NewDelivery) -> Result<(), StoreError> {
        Ok(())
    }

    fn resend(&self, _: i64, _: Millis) -> Result<bool, StoreError> {
        Ok(false)
    }

    fn release(&self) -> Result<u64, StoreError> {
        Ok(0)
    }

    fn next_due(&self, _: &Room) -> Result<Option<Millis>, StoreError> {
        Ok(None)
    }

    fn list(&self, _: &Sought, _: usize) -> Result<Vec<DeliveryRecord>, StoreError> {
        Ok(Vec::new())
    }

    fn channels(&self) -> Result<Vec<String>, StoreError> {
        Ok(Vec::new())
    }
}

impl Silences for Memory {
    fn load(&self) -> Result<Vec<Silence>, StoreError> {
        Ok(self.held().silences.clone())
    }

    fn put(&self, silences: &[Silence]) -> Result<(), StoreError> {
        let mut held = self.held();
        held.silences.retain(|known| silences.iter().all(|silence| silence.id != known.id));
        held.silences.extend_from_slice(silences);
        Ok(())
    }

    fn prune(&self, before: Millis) -> Result<u64, StoreError> {
        let mut held = self.held();
        let all = held.silences.len() + held.acknowledgements.len();
        held.silences.retain(|silence| silence.ends_at >= before);
        held.acknowledgements.retain(|given| given.until.is_none_or(|until| until >= before));
        Ok((all - held.silences.len() - held.acknowledgements.len()) as u64)
    }

    fn acknowledgements(&self) -> Result<Vec<Acknowledgement>, StoreError> {
        Ok(self.held().acknowledgements.clone())
    }

    fn acknowledge(&self, given: &[Acknowledgement]) -> Result<(), StoreError> {
        let mut held = self.held();
        given.iter().for_each(|one| held.acknowledge(one));
        Ok(())
    }

    fn withdraw(&self, targets: &[String]) -> Result<(), StoreError> {
        self.held().acknowledgements.retain(|given| !targets.contains(&given.target));
        Ok(())
    }

    fn record(&self, _: &[Act]) -> Result<(), StoreError> {
        Ok(())
    }

    fn acts(&self, _: &str, _: usize) -> Result<Vec<Act>, StoreError> {
        Ok(Vec::new())
    }
}

impl OnCall for Memory {
    fn overrides(&self) -> Result<Vec<Override>, StoreError> {
        Ok(self.held().overrides.clone())
    }

    fn put(&self, given: &Override) -> Result<(), StoreError> {
        let mut held = self.held();
        held.overrides.retain(|known| known.id != given.id);
        held.overrides.push(given.clone());
        Ok(())
    }

    fn prune(&self, before: Millis) -> Result<u64, StoreError> {
        let mut held = self.held();
        let all = held.overrides.len();
        held.overrides.retain(|known| known.ends_at >= before);
        Ok((all - held.overrides.len()) as u64)
    }
}
