//! What PromQL's functions compute, apart from any series; and our own beside them.

pub(crate) mod date;
pub(crate) mod histogram;
pub(crate) mod number;
pub(crate) mod own;
pub(crate) mod range;
pub(crate) mod registry;
pub(crate) mod smooth;
pub(crate) mod statistics;
