//! Guests in text that do what no compiler does: each is stopped within a limit that it is told of, and nothing of it
//! is left.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod broken;
mod budget;
mod compiling;
mod limits;
mod rest;
mod text;
mod world;
