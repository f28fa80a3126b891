//! How bad a log's own words are.

use super::State;

/// The state that a level's name stands for, and how heavy it is: 0 for traces, 5 for what is fatal. Words that nobody
/// knows weigh as much as `info`.
pub fn severity(level: &str) -> (State, u8) {
    match level.trim().to_ascii_lowercase().as_str() {
        "trace" => (State::Neutral, 0),
        "debug" => (State::Neutral, 1),
        "notice" | "ok" | "resolved" => (State::Good, 2),
        "warn" | "warning" | "pending" => (State::Warning, 3),
        "err" | "error" | "firing" => (State::Bad, 4),
        "crit" | "critical" | "alert" | "emerg" | "emergency" | "fatal" | "panic" => (State::Bad, 5),
        _ => (State::Neutral, 2),
    }
}
