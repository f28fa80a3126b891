//! What happens beside appends and queries, on a thread of its own: sealing, merging, setting aside, checkpoints.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;

use vitrine_model::port::StoreError;

use super::Engine;
use super::blocks::Damaged;

/// Damaged rows that wait to be set aside; more are found again by the next reader.
const WAITING: usize = 1_000;

/// What the thread is to look after.
#[derive(Debug, Default)]
pub(super) struct Errands {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    stop: bool,
    /// Something may be due.
    look: bool,
    damaged: Vec<Damaged>,
}

impl Errands {
    pub(super) fn look(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if !state.look {
            state.look = true;
            self.changed.notify_all();
        }
    }

    pub(super) fn damaged(&self, damaged: &mut Vec<Damaged>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        for row in damaged.drain(..) {
            if state.damaged.len() < WAITING && !state.damaged.contains(&row) {
                state.damaged.push(row);
            }
        }
        state.look = true;
        self.changed.notify_all();
    }

    pub(super) fn take_damaged(&self) -> Vec<Damaged> {
        std::mem::take(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner).damaged)
    }

    pub(super) fn stop(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).stop = true;
        self.changed.notify_all();
    }

    /// Waits for something to do; false once it is time to stop.
    fn wait(&self) -> bool {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let idle = |state: &mut State| !state.look && !state.stop;
        let mut state = self.changed.wait_while(state, idle).unwrap_or_else(PoisonError::into_inner);
        state.look = false;
        !state.stop
    }

    fn stopping(&self) -> bool {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).stop
    }
}

pub(super) fn start(engine: &Arc<Engine>) -> Result<JoinHandle<()>, StoreError> {
    let engine = Arc::clone(engine);
    std::thread::Builder::new()
        .name("seal".to_owned())
        .spawn(move || {
            let mut failing = false;
            while engine.errands.wait() {
                match engine.settle() {
                    Ok(()) => failing = false,
                    Err(error) if !failing => {
                        tracing::error!("samples could not be sealed, and stay in the hot log until they can: {error}");
                        failing = true;
                    }
                    Err(_) => {}
                }
            }
        })
        .map_err(|error| StoreError(format!("the thread that seals samples cannot be started: {error}")))
}

impl Engine {
    /// Does all that is due. Waits for whoever does it already.
    pub(super) fn settle(&self) -> Result<(), StoreError> {
        let _turn = self.settling.lock().unwrap_or_else(PoisonError::into_inner);
        self.set_aside()?;
        if let Some(before) = self.seal_due() {
            self.seal(before)?;
            self.give_back()?;
        }
        while !self.errands.stopping() && self.merge_a_day()? {
            self.give_back()?;
        }
        self.checkpoint_when_due()
    }
}
