//! `files`: declared, not offered yet.

use crate::bindings::imported::files::{Entry, Fault, Host};
use crate::context::Context;

impl Host for Context {
    fn read(&mut self, _path: String, _offset: u64, _length: u32) -> Result<Vec<u8>, Fault> {
        Err(super::not_offered(self, "files"))
    }

    fn entries(&mut self, _path: String) -> Result<Vec<Entry>, Fault> {
        Err(super::not_offered(self, "files"))
    }
}
