//! Tells whoever listens what has changed; never waits for them.

use tokio::sync::broadcast;
use vitrine_model::Millis;

/// How many changes a slow listener may be behind before it skips some.
const BACKLOG: usize = 256;

/// What has changed. Says no more than that: the listener asks for what it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Samples of this source were stored.
    Samples { source: String, at: Millis },
    /// A source began or ceased to fail.
    Sources,
    /// An alert changed its state.
    Alerts,
    /// Files were read anew.
    Settings,
}

/// The broadcast of changes. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Live(broadcast::Sender<Change>);

impl Default for Live {
    fn default() -> Live {
        Live(broadcast::Sender::new(BACKLOG))
    }
}

impl Live {
    pub fn tell(&self, change: Change) {
        // No listener is no error: nobody looks at a dashboard right now.
        let _ = self.0.send(change);
    }

    pub fn listen(&self) -> broadcast::Receiver<Change> {
        self.0.subscribe()
    }
}
