//! Files people write become one tree that remembers where each value came from.
//!
//! Every mistake found on the way is a [`Problem`](problem::Problem) that names file, line, column, reason and remedy;
//! all of them are reported at once. Knows nobody: what the settings mean is decided by the floors above, which hand
//! back a [`Finding`](problem::Finding) where a value makes no sense to them.

pub mod diff;
pub mod document;
pub mod guess;
pub mod layers;
pub mod path;
pub mod problem;
pub mod schema;
pub mod secret;
pub mod typed;
pub mod watch;

mod environment;
mod explain;
mod folder;
mod hide;
mod render;
#[cfg(test)]
mod tests;

pub use diff::Changes;
pub use document::Document;
pub use layers::{Layers, Loaded};
pub use path::{Path, Step};
pub use problem::{Finding, Part, Place, Problem, Problems, Source};
pub use secret::{Revealed, Secret};
pub use watch::Watcher;
