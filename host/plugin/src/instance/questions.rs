//! What people ask a source on demand never takes the place of its schedule.

use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use vitrine_model::Fault;

/// Questions that wait for one instance, those under way included.
const WAITING: usize = 16;

/// Turns: one fewer than the instance has places, so that a poll that is due finds one.
pub(super) struct Questions {
    places: usize,
    turns: Semaphore,
    waiting: Semaphore,
}

/// A question under way.
pub(crate) struct Turn<'a> {
    _turn: SemaphorePermit<'a>,
    _waiting: SemaphorePermit<'a>,
}

impl Questions {
    pub(super) fn new(concurrency: usize) -> Questions {
        let places = concurrency.saturating_sub(1).max(1);
        Questions { places, turns: Semaphore::new(places), waiting: Semaphore::new(WAITING) }
    }

    /// Whoever would be one too many, or would wait for longer than the call may take, is told to come again.
    pub(super) async fn turn(&self, instance: &str, wait: Duration) -> Result<Turn<'_>, Fault> {
        let busy = |count: usize, how: &str| {
            let places = self.places;
            Fault::Busy(format!("{count} questions {how} `{instance}`, which answers {places} at once: ask again later"))
        };
        let waiting = self.waiting.try_acquire().map_err(|_| busy(WAITING, "wait for"))?;
        match tokio::time::timeout(wait, self.turns.acquire()).await {
            Ok(Ok(turn)) => Ok(Turn { _turn: turn, _waiting: waiting }),
            _ => Err(busy(self.places, "held up")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn questions_wait_for_their_turn_and_not_without_end() {
        let questions = Questions::new(2);
        let first = questions.turn("shop", Duration::ZERO).await;
        assert!(first.is_ok());
        let second = questions.turn("shop", Duration::ZERO).await.err().map(|fault| fault.to_string());
        assert!(second.is_some_and(|reason| reason.contains("held up `shop`, which answers 1 at once")));
        let crowd: Vec<_> = (1..WAITING).filter_map(|_| questions.waiting.try_acquire().ok()).collect();
        assert_eq!(crowd.len(), WAITING - 1);
        let refused = questions.turn("shop", Duration::from_secs(3_600)).await.err().map(|fault| fault.to_string());
        assert!(refused.is_some_and(|reason| reason.contains("16 questions wait for `shop`")), "it is told at once");
        drop((first, crowd));
        assert!(questions.turn("shop", Duration::ZERO).await.is_ok());
    }
}
