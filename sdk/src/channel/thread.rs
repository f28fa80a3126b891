//! Which message the story of a group began with, for services where later news answer or alter it. With the grant
//! `state` it survives restarts; without it every message stands alone.

use serde::{Deserialize, Serialize};

use crate::{Fault, clock, log, state};

const PREFIX: &str = "thread/";

/// How many groups are remembered, and how many of the oldest make room at once.
const MOST: usize = 500;
const ROOM: usize = 100;

#[derive(Serialize, Deserialize)]
struct Kept {
    at: i64,
    id: String,
}

/// What was kept for a group.
pub fn first(group: &str) -> Option<String> {
    quietly(state::load::<Kept>(&key(group)))?.map(|kept| kept.id)
}

/// Keeps where a group's story began. That it cannot be kept makes no message fail which has been sent.
pub fn keep(group: &str, id: &str) {
    let kept = Kept { at: clock::now(), id: id.to_owned() };
    quietly(make_room().and_then(|()| state::save(&key(group), &kept)));
}

/// The story is over: the next one begins anew.
pub fn forget(group: &str) {
    quietly(state::delete(&key(group)));
}

fn key(group: &str) -> String {
    PREFIX.chars().chain(group.chars().filter(char::is_ascii_graphic).take(200)).collect()
}

fn make_room() -> Result<(), Fault> {
    let keys = state::keys(PREFIX)?;
    if keys.len() < MOST {
        return Ok(());
    }
    let mut kept = Vec::with_capacity(keys.len());
    for key in keys {
        let at = state::load::<Kept>(&key)?.map_or(0, |kept| kept.at);
        kept.push((at, key));
    }
    kept.sort();
    kept.iter().take(ROOM).try_for_each(|(_, key)| state::delete(key))
}

/// A missing grant is the admin's choice; anything else should be known.
fn quietly<T>(outcome: Result<T, Fault>) -> Option<T> {
    match outcome {
        Ok(value) => Some(value),
        Err(Fault::Denied(_)) => None,
        Err(fault) => {
            log::warn(&["what message a group began with: ", fault.reason()].concat());
            None
        }
    }
}
