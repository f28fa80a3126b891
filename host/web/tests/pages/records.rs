//! What the store would keep of alerts and of who was told, in memory.

use std::sync::Mutex;

use vitrine_model::Millis;
use vitrine_model::alert::{Alert, AlertChange, AlertEvent, EventKind};
use vitrine_model::notification::Receipt;
use vitrine_model::oncall::Override;
use vitrine_model::port::StoreError;
use vitrine_model::port::alerts::{Alerts, StoredEvent};
use vitrine_model::port::deliveries::{Deliveries, Delivery, DeliveryRecord, NewDelivery, Room, Sought};
use vitrine_model::port::keep::{self, Keep, Kept};
use vitrine_model::port::notices::{GroupRow, MemberRow, NoticeChange, Notices, RateRow};
use vitrine_model::port::oncall::OnCall;
use vitrine_model::port::receipts::{LastTold, Next, PersonReceipt, Receipts, Reported};
use vitrine_model::port::silences::Silences;
use vitrine_model::silence::{Acknowledgement, Act, Silence};

/// Alerts and deliveries as the store would hold them.
#[derive(Default)]
pub struct Records {
    pub alerts: Mutex<Vec<Alert>>,
    /// The ends of alerts that are over.
    pub over: Mutex<Vec<AlertEvent>>,
    pub deliveries: Mutex<Vec<DeliveryRecord>>,
    pub overrides: Mutex<Vec<Override>>,
    pub receipts: Mutex<Vec<(String, PersonReceipt)>>,
}

impl Alerts for Records {
    fn load(&self) -> Result<Vec<Alert>, StoreError> {
        Ok(self.alerts.lock().unwrap().clone())
    }
    fn commit(&self, _: &AlertChange) -> Result<(), StoreError> {
        Ok(())
    }
    fn unplanned(&self, _: usize) -> Result<Vec<StoredEvent>, StoreError> {
        Ok(Vec::new())
    }
    fn history(&self, limit: usize) -> Result<Vec<StoredEvent>, StoreError> {
        let alerts = self.alerts.lock().unwrap();
        let event = |alert: &Alert| AlertEvent { kind: EventKind::Firing, at: alert.active_at, alert: alert.clone() };
        Ok(alerts.iter().take(limit).map(|alert| StoredEvent { id: 1, event: event(alert) }).collect())
    }
    fn of(&self, fingerprint: &str, limit: usize) -> Result<Vec<StoredEvent>, StoreError> {
        let all = self.history(usize::MAX)?;
        let own = all.into_iter().filter(|one| one.event.alert.labels.fingerprint() == fingerprint);
        Ok(own.take(limit).collect())
    }
    fn resolved(&self, start: Millis, end: Millis, limit: usize) -> Result<Vec<AlertEvent>, StoreError> {
        let over = self.over.lock().unwrap();
        let within = |one: &&AlertEvent| one.at >= start && one.alert.fired_at.unwrap_or(one.alert.active_at) <= end;
        Ok(over.iter().filter(within).take(limit).cloned().collect())
    }
}

impl Deliveries for Records {
    fn fall_back(&self, _: i64, _: Millis, _: &str, _: &NewDelivery) -> Result<(), StoreError> {
        Ok(())
    }
    fn resend(&self, _: i64, _: Millis) -> Result<bool, StoreError> {
        Ok(false)
    }
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
    fn release(&self) -> Result<u64, StoreError> {
        Ok(0)
    }
    fn next_due(&self, _: &Room) -> Result<Option<Millis>, StoreError> {
        Ok(None)
    }
    fn list(&self, _: &Sought, _: usize) -> Result<Vec<DeliveryRecord>, StoreError> {
        Ok(self.deliveries.lock().unwrap().clone())
    }
    fn channels(&self) -> Result<Vec<String>, StoreError> {
        Ok(Vec::new())
    }
}

impl Notices for Records {
    fn load(&self) -> Result<(Vec<GroupRow>, Vec<MemberRow>), StoreError> {
        Ok((Vec::new(), Vec::new()))
    }
    fn rates(&self) -> Result<Vec<RateRow>, StoreError> {
        Ok(Vec::new())
    }
    fn commit(&self, _: &NoticeChange) -> Result<(), StoreError> {
        Ok(())
    }
}

impl OnCall for Records {
    fn overrides(&self) -> Result<Vec<Override>, StoreError> {
        Ok(self.overrides.lock().unwrap().clone())
    }
    fn put(&self, given: &Override) -> Result<(), StoreError> {
        let mut known = self.overrides.lock().unwrap();
        known.retain(|one| one.id != given.id);
        known.push(given.clone());
        Ok(())
    }
    fn prune(&self, _: Millis) -> Result<u64, StoreError> {
        Ok(0)
    }
}

impl Silences for Records {
    fn load(&self) -> Result<Vec<Silence>, StoreError> {
        Ok(Vec::new())
    }
    fn put(&self, _: &[Silence]) -> Result<(), StoreError> {
        Ok(())
    }
    fn prune(&self, _: Millis) -> Result<u64, StoreError> {
        Ok(0)
    }
    fn acknowledgements(&self) -> Result<Vec<Acknowledgement>, StoreError> {
        Ok(Vec::new())
    }
    fn acknowledge(&self, _: &[Acknowledgement]) -> Result<(), StoreError> {
        Ok(())
    }
    fn record(&self, _: &[Act]) -> Result<(), StoreError> {
        Ok(())
    }
    fn acts(&self, _: &str, _: usize) -> Result<Vec<Act>, StoreError> {
        Ok(Vec::new())
    }
    fn withdraw(&self, _: &[String]) -> Result<(), StoreError> {
        Ok(())
    }
}

impl Receipts for Records {
    fn told(&self, _: &str, _: &PersonReceipt) -> Result<(), StoreError> {
        Ok(())
    }
    fn reached(&self, _: &str) -> Result<Vec<String>, StoreError> {
        Ok(Vec::new())
    }
    fn report(&self, _: &str, _: &PersonReceipt, _: Next<'_>) -> Result<Reported, StoreError> {
        Ok(Reported::Unknown)
    }
    fn of(&self, deliveries: &[String]) -> Result<Vec<(String, PersonReceipt)>, StoreError> {
        let receipts = self.receipts.lock().unwrap();
        Ok(receipts.iter().filter(|(key, _)| deliveries.contains(key)).cloned().collect())
    }
    fn last_told(&self, _: &str, _: &str) -> Result<Option<LastTold>, StoreError> {
        Ok(None)
    }
}

impl Keep for Records {
    fn get(&self, _: &str, _: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(None)
    }
    fn set(&self, _: &str, _: &str, _: &[u8], _: keep::Room) -> Result<Kept, StoreError> {
        Ok(Kept::Yes(keep::Room::default()))
    }
    fn delete(&self, _: &str, _: &str) -> Result<keep::Room, StoreError> {
        Ok(keep::Room::default())
    }
    fn keys(&self, _: &str, _: &str) -> Result<Vec<String>, StoreError> {
        Ok(Vec::new())
    }
    fn used(&self, _: &str) -> Result<keep::Room, StoreError> {
        Ok(keep::Room::default())
    }
    fn prune(&self, _: &[String], _: Millis, _: Millis) -> Result<Vec<String>, StoreError> {
        Ok(Vec::new())
    }
}
