//! From a plugin's folder to the one file that ships.
//!
//! A plugin is a folder with a crate and a `plugin.toml`. [`build`] compiles the crate for the sandbox, [`embed`] makes
//! the result a component and folds the manifest into it, [`manifest_of`] reads it back, and [`Manifest`] is what it
//! says, checked.

#![expect(clippy::disallowed_methods, reason = "runs compilers: they are told by the environment, and waited for")]

mod compile;
mod component;
mod manifest;
mod problem;
pub mod toolchain;

pub use compile::{Built, build, build_all};
pub use component::{MANIFEST_SECTION, digest, embed, manifest_of};
pub use manifest::{API, Capability, Kind, Manifest, Offer, OptionSchema, Right, Secret};
pub use problem::{ManifestError, Problem};
