//! What PromQL's functions compute, apart from any series.

pub(crate) mod histogram;
pub(crate) mod number;
pub(crate) mod range;
pub(crate) mod statistics;
