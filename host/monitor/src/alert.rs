//! Decides what is true: rule files, their evaluation, and the state of each alert.

mod early;
mod evaluate;
pub mod file;
pub mod flap;
pub mod rule;
mod state;
pub mod template;
mod turn;
pub mod unit;
mod world;

pub(crate) use early::{Allowance, run};
pub(crate) use evaluate::Evaluator;
pub use rule::{Group, Rule};
pub use template::Template;
pub use turn::External;
pub(crate) use turn::{ALERT_SERIES, Ask, asks_for, may_be_named};
pub(crate) use world::{Kept, World};
