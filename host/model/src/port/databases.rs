//! The door to the databases that the admin named: somebody else's data, asked in its own language.

use std::time::Duration;

use async_trait::async_trait;

use crate::Fault;
use crate::frame::Frame;

/// A value bound to a placeholder of a statement. It never becomes a part of the statement's text.
#[derive(Debug, Clone, PartialEq)]
pub enum Parameter {
    Null,
    Number(f64),
    Integer(i64),
    Text(String),
    Flag(bool),
}

/// Whose SQL a database speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

/// What may be told about a database; where it is, and who logs in, may not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseFacts {
    pub name: String,
    pub dialect: Dialect,
    /// Statements may change it.
    pub writable: bool,
}

/// All named databases.
#[async_trait]
pub trait Databases: Send + Sync {
    /// In order of their names.
    fn facts(&self) -> Vec<DatabaseFacts>;

    /// Runs one statement within the database's own bounds, and within `time`.
    async fn query(&self, database: &str, statement: &str, parameters: Vec<Parameter>, time: Duration) -> Result<Frame, Fault>;
}
