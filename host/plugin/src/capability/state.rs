//! `state`: declared, not offered yet.

use crate::bindings::imported::state::{Fault, Host};
use crate::context::Context;

impl Host for Context {
    fn get(&mut self, _key: String) -> Result<Option<Vec<u8>>, Fault> {
        Err(super::not_offered(self, "state"))
    }

    fn set(&mut self, _key: String, _value: Vec<u8>) -> Result<(), Fault> {
        Err(super::not_offered(self, "state"))
    }

    fn delete(&mut self, _key: String) -> Result<(), Fault> {
        Err(super::not_offered(self, "state"))
    }

    fn keys(&mut self, _prefix: String) -> Result<Vec<String>, Fault> {
        Err(super::not_offered(self, "state"))
    }
}
