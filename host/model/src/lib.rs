//! What every part of Vitrine speaks of. Knows nobody: no database, no network, no sandbox.
//!
//! The [`port`] module holds the traits that upper floors ask and lower floors answer.

pub mod alert;
pub mod duration;
pub mod fault;
pub mod frame;
pub mod labels;
pub mod matcher;
pub mod notification;
pub mod oncall;
pub mod port;
pub mod push;
pub mod sample;
pub mod silence;
pub mod time;
pub mod view;

pub use duration::Span;
pub use fault::Fault;
pub use labels::Labels;
pub use matcher::Matcher;
pub use time::{Clock, Millis};
