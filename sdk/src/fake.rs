//! A host for unit tests, away from WebAssembly.
//!
//! ```
//! use vitrine_sdk::{fake, http};
//!
//! let host = fake::Host::new();
//! host.answer("https://example.org/", fake::response(200, "hello"));
//! let answer = http::Request::get("https://example.org/").send().unwrap();
//! assert_eq!(answer.text(), "hello");
//! assert_eq!(host.requests().len(), 1);
//! ```
//!
//! What a test does not set up is denied, as it is by the real host.

pub(crate) mod calls;
mod data;
mod notice;
mod told;
mod world;

pub use data::{Asked, Rows};
pub use notice::Told;
pub use told::{alert, ended, notification};

use std::marker::PhantomData;

use crate::http::{Error, Request, Response, Sealed, Timing};
use crate::log::Level;
use crate::mail::{self, Message};
use crate::system::{Identity, Snapshot};
use crate::{Column, Frame, Label, Values};
use world::{World, with};

/// The fake host of this thread. Creating one forgets everything that another left behind; so does dropping it.
#[derive(Debug)]
pub struct Host {
    /// The world behind it belongs to the thread.
    not_send: PhantomData<*const ()>,
}

impl Host {
    /// A host at the start of 2026 that grants nothing.
    #[expect(clippy::new_without_default, reason = "creating one changes the thread's world")]
    pub fn new() -> Self {
        with(|world| *world = World::default());
        Host { not_send: PhantomData }
    }

    /// Sets the clock, in milliseconds since the Unix epoch.
    pub fn set_now(&self, now: i64) {
        with(|world| world.now = now);
    }

    /// Moves both clocks on.
    pub fn advance(&self, milliseconds: i64) {
        with(|world| {
            world.now += milliseconds;
            world.monotonic += milliseconds.unsigned_abs() * 1_000_000;
        });
    }

    /// What the plugin logged so far.
    pub fn lines(&self) -> Vec<(Level, String)> {
        with(|world| world.lines.clone())
    }

    /// Answers requests to this URL. Several answers are given in turn; the last one is repeated.
    pub fn answer(&self, url: &str, response: Response) {
        with(|world| world.answers.entry(url.to_owned()).or_default().push_back(Ok(response)));
    }

    /// Fails requests to this URL.
    pub fn fail(&self, url: &str, error: Error) {
        with(|world| world.answers.entry(url.to_owned()).or_default().push_back(Err(error)));
    }

    /// The requests sent so far.
    pub fn requests(&self) -> Vec<Request> {
        with(|world| world.requests.clone())
    }

    /// Those of them that were to be sealed, and how.
    pub fn sealed(&self) -> Vec<Sealed> {
        with(|world| world.sealed.clone())
    }

    /// Grants `system` and sets what it reads.
    pub fn set_system(&self, snapshot: Snapshot) {
        with(|world| world.system = Some(snapshot));
    }

    /// Grants `mail`; from now on every message gets this answer.
    pub fn set_mail(&self, answer: Result<String, mail::Error>) {
        with(|world| world.mail = Some(answer));
    }

    /// The messages that were to be sent so far.
    pub fn mails(&self) -> Vec<Message> {
        with(|world| world.mails.clone())
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        with(|world| *world = World::default());
    }
}

/// An answer with this status and body, and nothing else remarkable.
pub fn response(status: u16, body: &str) -> Response {
    Response {
        status,
        version: "1.1".to_owned(),
        headers: Vec::new(),
        body: body.as_bytes().to_vec(),
        address: "192.0.2.1:443".to_owned(),
        url: String::new(),
        redirects: 0,
        timing: Timing { resolve: 0.001, connect: 0.002, tls: 0.003, processing: 0.004, transfer: 0.005 },
        tls: None,
    }
}

/// An answer of series as the host gives it: each with its value of one label, and values 15 seconds apart from 1970 on.
///
/// ```
/// let frame = vitrine_sdk::fake::frame("host", &[("a", &[1.0, 2.0]), ("b", &[3.0, f64::NAN])]);
/// assert_eq!(frame.times(), Some([0, 15_000].as_slice()));
/// ```
pub fn frame(label: &str, series: &[(&str, &[f64])]) -> Frame {
    let points = series.iter().map(|(_, values)| values.len()).max().unwrap_or_default();
    let times = Values::Times((0..).step_by(15_000).take(points).collect());
    let time = Column { name: "time".to_owned(), labels: Vec::new(), unit: None, values: times };
    let column = |(value, values): &(&str, &[f64])| Column {
        name: "seconds".to_owned(),
        labels: vec![Label::new(label, *value)],
        unit: None,
        values: Values::Numbers(values.to_vec()),
    };
    Frame { name: "A".to_owned(), columns: std::iter::once(time).chain(series.iter().map(column)).collect() }
}

/// A snapshot with nothing in it.
pub fn snapshot() -> Snapshot {
    Snapshot {
        identity: Identity {
            hostname: "machine".to_owned(),
            kernel: "Linux".to_owned(),
            release: "6.1.0".to_owned(),
            machine: "x86_64".to_owned(),
        },
        cpus: Vec::new(),
        load: None,
        memory: None,
        disks: Vec::new(),
        disk_io: Vec::new(),
        network: Vec::new(),
        boot_time: None,
        processes: None,
    }
}
