//! Asks the query engine from blocking threads: a few at a time, each with an end.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use vitrine_model::Millis;
use vitrine_model::frame::TimeRange;
use vitrine_query::{Answer, Cancel, Engine, Expr, Matrix, QueryError};

/// After this, nobody waits for the answer any more.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    #[error(transparent)]
    Query(#[from] QueryError),
    #[error("the query took longer than {0:?}: ask for a shorter range or fewer series")]
    Slow(Duration),
    #[error("the query could not be run: {0}")]
    Broken(String),
}

/// The engine, with a bound on how much it works at once.
#[derive(Clone)]
pub struct Asker {
    engine: Arc<Engine>,
    permits: Arc<Semaphore>,
}

/// The engine, for one quick question.
pub(crate) struct OnTheSpot<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) cancel: Cancel,
    _permit: SemaphorePermit<'a>,
}

/// Stops the work when whoever asked has gone.
struct StopOnDrop(Cancel);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

impl Asker {
    pub fn new(engine: Arc<Engine>) -> Asker {
        let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Asker { engine, permits: Arc::new(Semaphore::new(threads.clamp(2, 16))) }
    }

    /// A permit for what is answered on the spot: handing it to another thread and back would take as long again.
    pub(crate) fn on_the_spot(&self, expr: &Expr, range: TimeRange) -> Option<OnTheSpot<'_>> {
        let permit = self.engine.is_quick(expr, range).then(|| self.permits.try_acquire().ok()).flatten()?;
        Some(OnTheSpot { engine: &self.engine, cancel: Cancel::default(), _permit: permit })
    }

    pub async fn instant(&self, expr: Arc<Expr>, at: Millis) -> Result<Answer, AskError> {
        if let Some(spot) = self.on_the_spot(&expr, TimeRange { start: at, end: at, step: 1 }) {
            return Ok(spot.engine.instant(&expr, at, &spot.cancel)?);
        }
        Ok(self.work(move |engine, cancel| engine.instant(&expr, at, cancel)).await??)
    }

    pub async fn range(&self, expr: Arc<Expr>, range: TimeRange) -> Result<Matrix, AskError> {
        if let Some(spot) = self.on_the_spot(&expr, range) {
            return Ok(spot.engine.range(&expr, range, &spot.cancel)?);
        }
        Ok(self.work(move |engine, cancel| engine.range(&expr, range, cancel)).await??)
    }

    /// Runs what asks the engine, and what else takes long about it, in its turn.
    pub async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Engine, &Cancel) -> T + Send + 'static,
    ) -> Result<T, AskError> {
        self.within(None, work).await
    }

    /// As [`Asker::work`], for whoever waits for less time than others; its turn counts as well.
    pub async fn within<T: Send + 'static>(
        &self,
        patience: Option<Duration>,
        work: impl FnOnce(&Engine, &Cancel) -> T + Send + 'static,
    ) -> Result<T, AskError> {
        let patience = patience.unwrap_or(PATIENCE).min(PATIENCE);
        match tokio::time::timeout(patience, self.in_turn(work)).await {
            Ok(answer) => answer,
            Err(_) => Err(AskError::Slow(patience)),
        }
    }

    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce(&Engine, &Cancel) -> T + Send + 'static) -> Result<T, AskError> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|error| AskError::Broken(error.to_string()))?;
        let (engine, cancel) = (Arc::clone(&self.engine), Cancel::default());
        let _stop = StopOnDrop(cancel.clone());
        let task = tokio::task::spawn_blocking(move || {
            // Held by the work itself: an abandoned query still counts until it has stopped.
            let _permit = permit;
            work(&engine, &cancel)
        });
        task.await.map_err(|error| AskError::Broken(error.to_string()))
    }
}
