//! Databases that the admin named, for the grant `sql`.
//!
//! ```
//! use vitrine_sdk::{fake, sql};
//!
//! let host = fake::Host::new();
//! let orders = fake::Rows::new().texts("state", &["open", "done"]).numbers("orders", &[2.0, 7.0]);
//! host.set_rows("shop", "SELECT state, count(*) AS orders FROM orders WHERE sum > $1 GROUP BY state", orders);
//!
//! let rows = sql::query("SELECT state, count(*) AS orders FROM orders WHERE sum > $1 GROUP BY state")
//!     .bind(100)
//!     .run("shop")
//!     .unwrap();
//! let open = rows.iter().find(|row| row.text("state") == Some("open")).unwrap();
//! assert_eq!(open.number("orders"), Some(2.0));
//! ```

mod rows;

pub use crate::bindings::shared::vitrine::plugin::sql::{Database, Dialect, Parameter};
use crate::{Fault, host};

pub use rows::{Row, Rows};

/// The databases granted to this instance.
pub fn databases() -> Result<Vec<Database>, Fault> {
    host::sql::databases()
}

/// One statement. Values never become a part of its text: write `$1`, `$2`, … for them, in every dialect, and [`bind`]
/// them in this order.
///
/// [`bind`]: Query::bind
pub fn query(statement: impl Into<String>) -> Query {
    Query { statement: statement.into(), parameters: Vec::new() }
}

/// A statement with its values.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    statement: String,
    parameters: Vec<Parameter>,
}

impl Query {
    /// The value of the next parameter; `None` is `NULL`.
    #[must_use]
    pub fn bind(mut self, value: impl Into<Parameter>) -> Self {
        self.parameters.push(value.into());
        self
    }

    /// Runs it on this database. Rows, bytes and time are capped; a statement without rows answers the column `changes`.
    pub fn run(&self, database: &str) -> Result<Rows, Fault> {
        host::sql::query(database, &self.statement, &self.parameters).map(Rows::from)
    }
}

impl From<&str> for Parameter {
    fn from(text: &str) -> Self {
        Parameter::Text(text.to_owned())
    }
}

impl From<String> for Parameter {
    fn from(text: String) -> Self {
        Parameter::Text(text)
    }
}

impl From<i64> for Parameter {
    fn from(integer: i64) -> Self {
        Parameter::Integer(integer)
    }
}

impl From<i32> for Parameter {
    fn from(integer: i32) -> Self {
        Parameter::Integer(integer.into())
    }
}

impl From<f64> for Parameter {
    fn from(number: f64) -> Self {
        Parameter::Number(number)
    }
}

impl From<bool> for Parameter {
    fn from(flag: bool) -> Self {
        Parameter::Flag(flag)
    }
}

impl<T: Into<Parameter>> From<Option<T>> for Parameter {
    fn from(value: Option<T>) -> Self {
        value.map_or(Parameter::Null, Into::into)
    }
}
