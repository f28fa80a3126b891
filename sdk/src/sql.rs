//! A granted database, read-only unless granted otherwise.

pub use crate::bindings::shared::vitrine::plugin::sql::Parameter;
use crate::{Fault, Frame, host};

/// Runs one statement with bound parameters; rows and time are capped.
pub fn query(database: &str, statement: &str, parameters: &[Parameter]) -> Result<Frame, Fault> {
    host::sql::query(database, statement, parameters)
}
