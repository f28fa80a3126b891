//! What the fake host knows and has seen, per thread.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};

use super::data::{Asked, State};
use super::notice::Notice;
use crate::http::{Error, Request, Response, Sealed};
use crate::log::Level;
use crate::mail::{self, Message};
use crate::sql::Database;
use crate::system::Snapshot;
use crate::{Fault, Frame, Label};

/// `None` stands for "not granted".
pub(super) struct World {
    pub(super) now: i64,
    pub(super) monotonic: u64,
    pub(super) lines: Vec<(Level, String)>,
    pub(super) answers: BTreeMap<String, VecDeque<Result<Response, Error>>>,
    pub(super) requests: Vec<Request>,
    pub(super) sealed: Vec<Sealed>,
    pub(super) system: Option<Snapshot>,
    pub(super) mail: Option<Result<String, mail::Error>>,
    pub(super) mails: Vec<Message>,
    pub(super) databases: Vec<Database>,
    pub(super) rows: BTreeMap<(String, String), Result<Frame, Fault>>,
    pub(super) queries: Vec<Asked>,
    pub(super) folders: Vec<String>,
    /// By their absolute paths.
    pub(super) files: BTreeMap<String, Vec<u8>>,
    pub(super) state: Option<State>,
    pub(super) metrics: Option<Vec<(String, Vec<Label>, f64)>>,
    pub(super) notice: Notice,
}

impl Default for World {
    fn default() -> Self {
        World {
            // 2026-01-01T00:00:00Z.
            now: 1_767_225_600_000,
            monotonic: 0,
            lines: Vec::new(),
            answers: BTreeMap::new(),
            requests: Vec::new(),
            sealed: Vec::new(),
            system: None,
            mail: None,
            mails: Vec::new(),
            databases: Vec::new(),
            rows: BTreeMap::new(),
            queries: Vec::new(),
            folders: Vec::new(),
            files: BTreeMap::new(),
            state: None,
            metrics: None,
            notice: Notice::default(),
        }
    }
}

thread_local! {
    static WORLD: RefCell<World> = RefCell::new(World::default());
}

pub(super) fn with<Answer>(act: impl FnOnce(&mut World) -> Answer) -> Answer {
    WORLD.with(|world| act(&mut world.borrow_mut()))
}
