//! Write Vitrine plugins in Rust.
//!
//! A plugin implements one trait, [`Source`], [`Channel`] or [`Panel`], and exports it with [`export!`]. It reaches the
//! world through the capability modules ([`http`], [`mail`], [`system`], …) and through nothing else. Away from
//! WebAssembly those modules ask a [`fake::Host`], so that a plugin's tests are plain unit tests.
//!
//! ```
#![doc = include_str!("../examples/hello.rs")]
//! ```

#[doc(hidden)]
pub mod bindings;

pub mod channel;
pub mod panel;
pub mod source;

pub mod clock;
pub mod files;
pub mod http;
pub mod log;
pub mod mail;
pub mod metrics;
pub mod notice;
pub mod sql;
pub mod state;
pub mod system;

#[cfg(not(target_arch = "wasm32"))]
pub mod fake;

mod config;
mod export;
mod fault;
mod frame;
#[cfg(target_arch = "wasm32")]
mod instance;
#[cfg(target_arch = "wasm32")]
mod panic;
mod samples;
mod symbols;

pub use bindings::shared::vitrine::plugin::types::{Column, Fault, Frame, Label, TimeRange, Values};
pub use channel::Channel;
pub use config::NoConfig;
pub use panel::Panel;
pub use samples::Samples;
pub use source::Source;
/// Prometheus's and OpenMetrics' text formats, for sources that read what exporters show.
pub use vitrine_exposition as exposition;

/// Where the capability modules send their calls: to the host, or away from WebAssembly to the fake one.
#[cfg(target_arch = "wasm32")]
use bindings::shared::vitrine::plugin as host;
#[cfg(not(target_arch = "wasm32"))]
use fake::calls as host;

#[cfg(test)]
mod tests;
