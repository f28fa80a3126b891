//! Raises the engine's epoch while guests compute, so that their time is counted and shared; rests otherwise.
//!
//! A guest that waits for the host computes nothing, so only the moments in which a call is polled count.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::thread::Thread;
use std::time::Duration;

use crate::limit::EPOCH;

/// How long it naps while nobody computes. Who begins meanwhile has so much time given.
const NAP: Duration = Duration::from_millis(50);

/// Naps without any call after which it sleeps until woken: a call that wakes it pays a system call.
const NAPS: u32 = 4;

/// The thread `epochs`.
pub(crate) struct Ticker {
    /// Calls that compute now.
    computing: AtomicUsize,
    /// Whether one has computed since the last nap.
    busy: AtomicBool,
    asleep: AtomicBool,
    stopped: AtomicBool,
    thread: Thread,
}

impl Ticker {
    pub(crate) fn start(engine: &wasmtime::Engine) -> Result<Arc<Ticker>, String> {
        let (send, receive) = std::sync::mpsc::channel::<Weak<Ticker>>();
        let engine = engine.weak();
        let work = move || {
            let Ok(ticker) = receive.recv() else { return };
            tick(&ticker, &engine);
        };
        let handle = std::thread::Builder::new().name("epochs".to_owned()).spawn(work).map_err(|error| error.to_string())?;
        let ticker = Arc::new(Ticker {
            computing: AtomicUsize::new(0),
            busy: AtomicBool::new(false),
            asleep: AtomicBool::new(false),
            stopped: AtomicBool::new(false),
            thread: handle.thread().clone(),
        });
        send.send(Arc::downgrade(&ticker)).map_err(|error| error.to_string())?;
        Ok(ticker)
    }

    /// Runs `work`; its time is counted whenever it computes.
    pub(crate) async fn count<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        poll_fn(|context| {
            let _time = self.begin();
            work.as_mut().poll(context)
        })
        .await
    }

    fn begin(&self) -> Counting<'_> {
        self.computing.fetch_add(1, Ordering::SeqCst);
        self.busy.store(true, Ordering::SeqCst);
        // Waking costs a system call, so it is done only where it is needed.
        if self.asleep.load(Ordering::SeqCst) && self.asleep.swap(false, Ordering::SeqCst) {
            self.thread.unpark();
        }
        Counting(self)
    }

    /// Says that it sleeps, then looks once more: a call that began before that has not woken it.
    fn falls_asleep(&self) -> bool {
        self.asleep.store(true, Ordering::SeqCst);
        !self.busy.load(Ordering::SeqCst) || !self.asleep.swap(false, Ordering::SeqCst)
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        self.thread.unpark();
    }
}

struct Counting<'a>(&'a Ticker);

impl Drop for Counting<'_> {
    fn drop(&mut self) {
        self.0.computing.fetch_sub(1, Ordering::SeqCst);
    }
}

fn tick(ticker: &Weak<Ticker>, engine: &wasmtime::EngineWeak) {
    let mut naps = 0;
    while let Some(ticker) = ticker.upgrade().filter(|ticker| !ticker.stopped.load(Ordering::SeqCst)) {
        let computing = ticker.computing.load(Ordering::SeqCst) > 0;
        let was_busy = ticker.busy.swap(false, Ordering::SeqCst);
        naps = if computing || was_busy { 0 } else { naps + 1 };
        let sleeps = naps > NAPS && ticker.falls_asleep();
        drop(ticker);
        if sleeps {
            // `unpark` before this `park` is not lost, so a call that begins meanwhile is seen.
            std::thread::park();
            naps = 0;
        } else if computing {
            std::thread::park_timeout(EPOCH);
            let Some(engine) = engine.upgrade() else { return };
            engine.increment_epoch();
        } else {
            std::thread::park_timeout(NAP);
        }
    }
}
