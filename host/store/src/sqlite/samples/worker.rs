//! What happens beside appends and queries, on a thread of its own: sealing, merging, setting aside, checkpoints.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use vitrine_model::port::StoreError;

use super::Engine;
use super::blocks::Damaged;

/// Damaged rows that wait to be set aside; more are found again by the next reader.
const WAITING: usize = 1_000;

/// After so long without an errand, the write-ahead log's file is cut.
const IDLE: Duration = Duration::from_secs(20);

/// What the thread does next.
enum Turn {
    Look,
    Rest,
    Stop,
}

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

    /// Waits for something to do, or for as long as nothing came.
    fn wait(&self) -> Turn {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let idle = |state: &mut State| !state.look && !state.stop;
        let (mut state, _) = self.changed.wait_timeout_while(state, IDLE, idle).unwrap_or_else(PoisonError::into_inner);
        match (state.stop, std::mem::take(&mut state.look)) {
            (true, _) => Turn::Stop,
            (false, true) => Turn::Look,
            (false, false) => Turn::Rest,
        }
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
            loop {
                let outcome = match engine.errands.wait() {
                    Turn::Look => engine.settle(),
                    Turn::Rest => engine.database.shorten_log(),
                    Turn::Stop => break,
                };
                match outcome {
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
        self.checkpoint_when_due()?;
        self.database.shorten_log()
    }
}
