//! The databases that the admin named: opened when first asked, each asked by a few at once, within bounds.

mod bounds;
mod metrics;
mod postgres;
mod sqlite;
mod table;

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use async_trait::async_trait;
use prometheus_client::registry::Registry;
use vitrine_model::Fault;
use vitrine_model::frame::Frame;
use vitrine_model::port::databases::{DatabaseFacts, Databases, Dialect, Parameter};

use bounds::Bounds;
use metrics::Metrics;
use postgres::Postgres;
use sqlite::Sqlite;

/// Queries of one database at once; more wait for their turn.
const AT_ONCE: usize = 4;

/// Where a database is, with the password in clear: whoever resolves secrets builds this.
#[derive(Clone, PartialEq, Eq)]
pub enum Place {
    /// A file.
    Sqlite(PathBuf),
    Postgres {
        /// `postgres://user@host:5432/name?sslmode=require`, also with a password in it.
        url: String,
        password: Option<String>,
        /// PEM file with certificate authorities to trust besides the system's.
        ca_file: Option<PathBuf>,
    },
}

/// Never with what is secret.
impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Sqlite(path) => write!(f, "Sqlite({})", path.display()),
            Place::Postgres { .. } => f.write_str("Postgres(***)"),
        }
    }
}

/// A database as the admin set it up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseSettings {
    pub place: Place,
    /// Statements may change it.
    pub writable: bool,
    /// Rows of one answer.
    pub rows: usize,
    /// Of one query.
    pub time: Duration,
}

impl DatabaseSettings {
    /// With the usual bounds: read-only, 10,000 rows, 5 s.
    pub fn new(place: Place) -> DatabaseSettings {
        DatabaseSettings { place, writable: false, rows: 10_000, time: Duration::from_secs(5) }
    }
}

/// All of them, behind the port. Can be given others while it is used.
#[derive(Debug, Default)]
pub struct NamedDatabases {
    open: RwLock<BTreeMap<String, Arc<Opened>>>,
    metrics: Metrics,
}

#[derive(Debug)]
struct Opened {
    settings: DatabaseSettings,
    turns: tokio::sync::Semaphore,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Sqlite(Arc<Sqlite>),
    Postgres(Box<Postgres>),
}

impl NamedDatabases {
    /// Registers `vitrine_database_…`.
    pub fn metrics(&self, registry: &mut Registry) {
        self.metrics.register(registry);
    }

    /// Takes what the admin names now; what has not changed keeps its connections. Where there are no settings, because they
    /// are wrong for now, the old database stays; as it does where one cannot be set up, and those are answered.
    pub fn set(&self, named: BTreeMap<String, Option<DatabaseSettings>>) -> Vec<(String, String)> {
        let mut problems = Vec::new();
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        let mut next = BTreeMap::new();
        for (name, settings) in named {
            let known = open.get(&name).cloned();
            let changed = settings.filter(|settings| known.as_ref().is_none_or(|known| known.settings != *settings));
            let made = match changed.map(|settings| Opened::new(&name, settings)) {
                None => known,
                Some(Ok(made)) => Some(Arc::new(made)),
                Some(Err(reason)) => {
                    problems.push((name.clone(), reason));
                    known
                }
            };
            next.extend(made.map(|made| (name, made)));
        }
        *open = next;
        problems
    }

    fn get(&self, name: &str) -> Result<Arc<Opened>, Fault> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        let found = open.get(name).cloned();
        found.ok_or_else(|| Fault::Invalid(format!("there is no database `{name}`: add it under `databases`")))
    }
}

impl Opened {
    fn new(name: &str, settings: DatabaseSettings) -> Result<Opened, String> {
        let kind = match &settings.place {
            Place::Sqlite(path) => Kind::Sqlite(Arc::new(Sqlite::new(name, path, settings.writable))),
            Place::Postgres { url, password, ca_file } => {
                let login = postgres::Login::new(url, password.as_deref(), ca_file.clone())?;
                Kind::Postgres(Box::new(Postgres::new(name, login, settings.writable)))
            }
        };
        Ok(Opened { settings, turns: tokio::sync::Semaphore::new(AT_ONCE), kind })
    }

    async fn query(&self, name: &str, statement: &str, parameters: Vec<Parameter>, time: Duration) -> Result<Frame, Fault> {
        let bounds = Bounds::new(name, self.settings.rows, self.settings.time.min(time));
        let turn = tokio::time::timeout(bounds.left(), self.turns.acquire()).await;
        let _turn = turn
            .map_err(|_| Fault::Upstream(format!("the database `{name}` is busy: {AT_ONCE} queries run already")))?
            .map_err(|error| Fault::Upstream(error.to_string()))?;
        match &self.kind {
            Kind::Postgres(postgres) => postgres.query(statement, &parameters, &bounds).await,
            Kind::Sqlite(sqlite) => {
                let (sqlite, statement) = (Arc::clone(sqlite), statement.to_owned());
                let work = move || sqlite.query(&statement, &parameters, &bounds);
                tokio::task::spawn_blocking(work).await.map_err(|error| Fault::Upstream(error.to_string()))?
            }
        }
    }
}

/// Checks what stands where a PostgreSQL's address is wanted, without connecting. The reason repeats nothing of it.
pub fn check_postgres_url(url: &str) -> Result<(), String> {
    postgres::Login::new(url, None, None).map(drop)
}

#[async_trait]
impl Databases for NamedDatabases {
    fn facts(&self) -> Vec<DatabaseFacts> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        let facts = |(name, opened): (&String, &Arc<Opened>)| DatabaseFacts {
            name: name.clone(),
            dialect: match opened.kind {
                Kind::Sqlite(_) => Dialect::Sqlite,
                Kind::Postgres(_) => Dialect::Postgres,
            },
            writable: opened.settings.writable,
        };
        open.iter().map(facts).collect()
    }

    async fn query(&self, database: &str, statement: &str, parameters: Vec<Parameter>, time: Duration) -> Result<Frame, Fault> {
        let opened = self.get(database)?;
        let timer = self.metrics.start(database);
        let answer = opened.query(database, statement, parameters, time).await;
        timer.end(answer.as_ref().err().map_or("ok", Fault::whose));
        answer
    }
}
