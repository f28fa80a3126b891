//! From a plugin's folder to the one file that ships.
//!
//! A plugin is a folder with a crate and a `plugin.toml`. [`build`] compiles the crate for the sandbox, [`embed`] makes
//! the result a component and folds the manifest into it, [`manifest_of`] reads it back, and [`Manifest`] is what it
//! says, checked.

#![expect(clippy::disallowed_methods, reason = "runs compilers: they are told by the environment, and waited for")]

mod api;
mod compile;
mod component;
mod language;
mod manifest;
mod new;
mod problem;
mod sections;
mod sources;
pub mod toolchain;

pub use api::{API, APIS, api_of};
pub use compile::{Built, File, build, build_all};
pub use component::{MANIFEST_SECTION, digest, embed, manifest_of};
pub use language::{Language, cache_folder};
pub use manifest::{ANY_HOST, Canned, Capability, Kind, Manifest, Offer, OptionSchema, Right, Secret, Test};
pub use new::New;
pub use problem::{ManifestError, Problem};
pub use sections::{SIGNATURE_SECTION, Signed, add_signature, signed};
pub use sources::VENDORED;
