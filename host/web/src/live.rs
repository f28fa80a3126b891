//! The live stream: each dashboard with a range is computed once, for all who look at it.

pub mod hub;
pub mod message;
pub mod viewer;
