//! One page that looks on, whatever carries its messages. A slow one skips rounds and gets everything anew.

use std::sync::Arc;

use tokio::sync::broadcast::{self, error::RecvError};
use tokio_util::sync::CancellationToken;

use crate::live::hub::{Hub, Round, Seat};

#[derive(Debug)]
pub struct Viewer {
    hub: Arc<Hub>,
    receiver: broadcast::Receiver<Round>,
    /// Everything, for one that has nothing yet or was too slow.
    waiting: Option<Round>,
    closing: CancellationToken,
    _seat: Seat,
}

impl Viewer {
    pub(crate) fn new(
        hub: Arc<Hub>,
        receiver: broadcast::Receiver<Round>,
        all: Round,
        seat: Seat,
        closing: CancellationToken,
    ) -> Viewer {
        Viewer { hub, receiver, waiting: Some(all), closing, _seat: seat }
    }

    /// The next round; nothing once the stream has ended. Safe to drop while waiting.
    pub async fn next(&mut self) -> Option<Round> {
        if let Some(all) = self.waiting.take() {
            return Some(all);
        }
        let received = tokio::select! {
            () = self.closing.cancelled() => return None,
            received = self.receiver.recv() => received,
        };
        match received {
            Ok(round) => Some(round),
            Err(RecvError::Lagged(_)) => {
                let (receiver, all) = self.hub.subscribe()?;
                self.receiver = receiver;
                Some(all)
            }
            Err(RecvError::Closed) => None,
        }
    }
}
