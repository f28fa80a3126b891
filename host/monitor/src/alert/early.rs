//! When a group is evaluated: on its schedule; and one that looks every moment anyway, as soon as samples come. What that costs
//! is bounded for all groups together.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;
use vitrine_model::{Clock, Millis};

use super::evaluate::{ALERTS_SOURCE, Evaluator, RULES_SOURCE};
use super::rule::Group;
use crate::live::Change;

/// Groups of no longer an interval look as soon as samples come.
const SHORT: Millis = 2_000;
/// The least time between two looks of a group.
const GAP: Millis = 100;
/// What all groups may spend on it: a share of one core, and so much at once.
const SHARE: f64 = 0.05;
const AT_ONCE: Duration = Duration::from_millis(100);

/// What may be spent on evaluations before they are due.
#[derive(Debug)]
pub(crate) struct Allowance(Mutex<(Instant, f64)>);

impl Default for Allowance {
    fn default() -> Allowance {
        Allowance(Mutex::new((Instant::now(), AT_ONCE.as_secs_f64())))
    }
}

impl Allowance {
    /// Whether there is something left at this moment.
    fn is_left(&self, now: Instant) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, left) = &mut *state;
        *left = (*left + now.saturating_duration_since(*since).as_secs_f64() * SHARE).min(AT_ONCE.as_secs_f64());
        *since = now;
        *left > 0.0
    }

    fn spend(&self, took: Duration) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1 -= took.as_secs_f64();
    }
}

/// Evaluates a group until stopped.
pub(crate) async fn run(group: Group, evaluator: Arc<Evaluator>, stop: CancellationToken) {
    let (group, clock) = (Arc::new(group), Arc::clone(&evaluator.clock));
    let interval = group.interval().millis();
    let mut news = (1..=SHORT).contains(&interval).then(|| evaluator.live.listen());
    let mut due = group.schedule.next_after(clock.now());
    let mut looked = clock.now();
    while let Some(moment) = due.filter(|_| !stop.is_cancelled()) {
        tokio::select! {
            () = stop.cancelled() => return,
            () = clock.sleep_until(moment) => {
                evaluator.evaluate_all(&group, moment, &stop).await;
                evaluator.count_missed(&group, moment);
                due = group.schedule.next_kept(moment, clock.now());
            }
            () = samples(&mut news, clock.as_ref(), looked + GAP) => {
                if evaluator.allowance.is_left(Instant::now()) {
                    let took = evaluator.evaluate_all(&group, clock.now(), &stop).await;
                    evaluator.allowance.spend(took);
                }
            }
        }
        looked = clock.now();
    }
}

/// Returns once samples have come, not before `earliest`; those of rules are no news to rules.
async fn samples(news: &mut Option<broadcast::Receiver<Change>>, clock: &dyn Clock, earliest: Millis) {
    let Some(changes) = news else { return std::future::pending().await };
    loop {
        match changes.recv().await {
            Ok(Change::Samples { source, .. }) if source != ALERTS_SOURCE && source != RULES_SOURCE => break,
            Err(RecvError::Lagged(_)) => break,
            Err(RecvError::Closed) => return std::future::pending().await,
            Ok(_) => {}
        }
    }
    clock.sleep_until(earliest).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spent_comes_back_slowly() {
        let (allowance, begin) = (Allowance::default(), Instant::now());
        assert!(allowance.is_left(begin));
        allowance.spend(Duration::from_millis(150));
        assert!(!allowance.is_left(begin));
        assert!(!allowance.is_left(begin + Duration::from_millis(900)));
        assert!(allowance.is_left(begin + Duration::from_millis(1_100)));
        // However long nothing was spent, only so much may be at once.
        assert!(allowance.is_left(begin + Duration::from_secs(3_600)));
        allowance.spend(Duration::from_millis(101));
        assert!(!allowance.is_left(begin + Duration::from_secs(3_600)));
    }
}
