//! One page that looks on, whatever carries its messages. A slow one skips rounds and gets everything anew.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::sync::broadcast::{self, error::RecvError};
use tokio_util::sync::CancellationToken;

use crate::live::hub::{Hub, Round, Seat};

#[derive(Debug)]
pub struct Viewer {
    hub: Arc<Hub>,
    receiver: broadcast::Receiver<Round>,
    waiting: VecDeque<Arc<str>>,
    closing: CancellationToken,
    _seat: Seat,
}

impl Viewer {
    pub(crate) fn new(
        hub: Arc<Hub>,
        receiver: broadcast::Receiver<Round>,
        backlog: Vec<Arc<str>>,
        seat: Seat,
        closing: CancellationToken,
    ) -> Viewer {
        Viewer { hub, receiver, waiting: backlog.into(), closing, _seat: seat }
    }

    /// The next message; nothing once the stream has ended. Safe to drop while waiting.
    pub async fn next(&mut self) -> Option<Arc<str>> {
        loop {
            if let Some(message) = self.waiting.pop_front() {
                return Some(message);
            }
            let received = tokio::select! {
                () = self.closing.cancelled() => return None,
                received = self.receiver.recv() => received,
            };
            match received {
                Ok(round) => self.waiting.extend(round.iter().cloned()),
                Err(RecvError::Lagged(_)) => {
                    let (receiver, backlog) = self.hub.subscribe()?;
                    self.receiver = receiver;
                    self.waiting = backlog.into();
                }
                Err(RecvError::Closed) => return None,
            }
        }
    }
}
