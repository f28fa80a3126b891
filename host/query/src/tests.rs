//! Expressions and what they answer, over samples in memory.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod expressions;
mod memory;
mod nearest;
mod quick;
mod refusals;
mod show;
