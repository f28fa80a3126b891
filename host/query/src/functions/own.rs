//! Functions that PromQL does not have: one file each in `own/`, each with its rows for the registry.
//!
//! What looks ahead or finds what is unusual belongs here, so that rules and panels get it alike.

mod outlier;

use super::registry::Function;

/// All tables of our own.
pub(super) const TABLES: &[&[Function]] = &[outlier::FUNCTIONS];
