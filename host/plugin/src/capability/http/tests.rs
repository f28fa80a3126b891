#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod bounds;
mod hide;
mod places;
mod seals;
mod secrets;
mod trust;
mod world;
