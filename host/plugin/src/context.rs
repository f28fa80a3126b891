//! What a guest's store holds: who it is, what it may do, what it has used.

use std::sync::Arc;
use std::time::{Duration, Instant};

use wasmtime_wasi::{ResourceTable, WasiCtx, WasiCtxView, WasiView};

use crate::capability::http::{Line, Wasi};
use crate::capability::notice::Notice;
use crate::capability::{Services, wasi};
use crate::grant::Grants;
use crate::ledger::Ledger;
use crate::limit::{EPOCH, Limits, Meter, Refused};
use crate::own::Own;

/// What a guest keeps of its time for its own answer; of a short time, a quarter.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// The store's data. One per guest.
pub(crate) struct Context {
    pub(crate) instance: Arc<str>,
    pub(crate) grants: Arc<Grants>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) services: Arc<Services>,
    pub(crate) meter: Meter,
    /// When the call under way must have ended.
    pub(crate) deadline: Instant,
    /// Epochs of CPU that the call under way has left.
    pub(crate) epochs_left: u64,
    epochs_given: u64,
    last_words_time: Duration,
    pub(crate) out_of_cpu: bool,
    /// The guest's last error line: after a panic it says what and where.
    pub(crate) last_words: Option<String>,
    pub(crate) own: Arc<Own>,
    /// What is being delivered, while it is.
    pub(crate) notice: Option<Notice>,
    /// The way out, once it has been used.
    pub(crate) line: Option<Arc<Line>>,
    pub(crate) wasi_http: Option<Box<Wasi>>,
    pub(crate) table: ResourceTable,
    /// Made when the guest first asks for it.
    wasi: Option<(WasiCtx, Arc<wasi::Output>)>,
}

impl Context {
    pub(crate) fn new(
        own: Arc<Own>,
        (grants, ledger): (Arc<Grants>, Arc<Ledger>),
        services: Arc<Services>,
        limits: Limits,
    ) -> Context {
        let mut table = ResourceTable::new();
        table.set_max_capacity(limits.handles);
        let meter = Meter::new(&limits, Arc::clone(&services.budget));
        Context {
            instance: Arc::clone(&own.instance),
            grants,
            ledger,
            services,
            meter,
            deadline: Instant::now(),
            epochs_left: 0,
            epochs_given: 0,
            last_words_time: LAST_WORDS,
            out_of_cpu: false,
            last_words: None,
            own,
            notice: None,
            line: None,
            wasi_http: None,
            table,
            wasi: None,
        }
    }

    /// Before each call.
    pub(crate) fn begin(&mut self, wall: Duration, cpu: Duration) {
        self.deadline = Instant::now() + wall;
        self.last_words_time = LAST_WORDS.min(wall / 4);
        self.epochs_given = u64::try_from(cpu.as_millis() / EPOCH.as_millis()).unwrap_or(u64::MAX).max(1);
        self.epochs_left = self.epochs_given;
        self.meter.refused = None;
        self.last_words = None;
        if let Some((_, output)) = &self.wasi {
            output.forget();
        }
    }

    /// What a guest that trapped said last: to the log, or where its run-time complains.
    pub(crate) fn last_words(&self) -> Option<String> {
        let printed = || self.wasi.as_ref().and_then(|(_, output)| output.last_words());
        self.last_words.clone().or_else(printed)
    }

    /// CPU time of the call under way, or of the last one.
    pub(crate) fn cpu_used(&self) -> Duration {
        let epochs = self.epochs_given - self.epochs_left;
        EPOCH * u32::try_from(epochs).unwrap_or(u32::MAX)
    }

    /// It wanted memory that all guests together did not have.
    pub(crate) fn lacked_room(&self) -> bool {
        self.meter.refused == Some(Refused::Budget)
    }

    /// What the call under way has left for somebody outside to answer in. The guest can still say how it went, so
    /// that the other's silence is not taken for the guest's own fault.
    pub(crate) fn time_left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now()).saturating_sub(self.last_words_time)
    }
}

/// For guests of other languages, whose run-times ask for WASI: it is there, and empty.
impl WasiView for Context {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let (ctx, _) = self.wasi.get_or_insert_with(|| {
            let output = wasi::Output::new(Arc::clone(&self.own));
            (wasi::context(&self.services.clock, &output), output)
        });
        WasiCtxView { ctx, table: &mut self.table }
    }
}
