//! `sql`: declared, not offered yet.

use crate::bindings::imported::sql::{Fault, Frame, Host, Parameter};
use crate::context::Context;

impl Host for Context {
    fn query(&mut self, _database: String, _statement: String, _parameters: Vec<Parameter>) -> Result<Frame, Fault> {
        Err(super::not_offered(self, "sql"))
    }
}
