//! The sandbox: strangers' components run here, within limits, with the rights their admin granted.
//!
//! [`Runtime`] takes plugin files in, [`Instance`] is one of them with a name, a configuration and grants;
//! [`PluginSource`], [`PluginChannel`] and [`PluginPanel`] are instances behind the model's ports.

mod bindings;
mod capability;
mod channel;
mod code;
mod compile;
mod context;
mod convert;
mod fetch;
pub mod grant;
mod health;
mod instance;
mod ledger;
mod limit;
mod metrics;
mod own;
mod panel;
mod plugin;
mod runtime;
pub mod settings;
mod source;
mod ticker;

pub use capability::http::SecretSource;
pub use channel::PluginChannel;
pub use compile::compile;
pub use fetch::{Bounds, fetch};
pub use health::Standing;
pub use instance::{Instance, LimitUse, Usage};
pub use ledger::{Ledger, Line, Refusal, Tally};
pub use panel::PluginPanel;
pub use plugin::Plugin;
pub use runtime::{Runtime, manifest_of};
pub use source::PluginSource;
pub use vitrine_pack::{Canned, Capability, Kind, Manifest, Offer};
