//! `metrics`: declared, not offered yet.

use crate::bindings::imported::metrics::{Fault, Host, Label};
use crate::context::Context;

impl Host for Context {
    fn count(&mut self, _name: String, _labels: Vec<Label>, _by: f64) -> Result<(), Fault> {
        Err(super::not_offered(self, "metrics"))
    }

    fn gauge(&mut self, _name: String, _labels: Vec<Label>, _value: f64) -> Result<(), Fault> {
        Err(super::not_offered(self, "metrics"))
    }
}
