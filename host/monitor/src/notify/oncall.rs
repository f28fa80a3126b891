//! Who is on call: rotations in layers, their restrictions, and overrides of the file and of the day. Pure.
//!
//! All of it goes by the wall clock of the schedule's zone: a handoff at 09:00 is at 09:00 on every day. One that falls into
//! the hour that a change of clocks leaves out is right after it; one in the hour that comes twice is the first time.

mod check;
mod rotation;
mod schedule;

pub(super) use check::schedules;
pub use rotation::Rotation;
pub use schedule::{Cause, Planned, Schedule, Shift};

/// How far into the future gaps and next shifts are looked for.
pub const HORIZON: vitrine_model::Millis = 366 * 86_400_000;

#[cfg(test)]
mod tests;
