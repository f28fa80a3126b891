//! What the host adds to the notice that a channel is delivering: pictures, links, where to report; and who was told of it.
//! No grant is needed. Where the host has nothing of it (in `vitrine plugin test`, say), a fault says so: deliver without.

pub use crate::bindings::shared::vitrine::plugin::notice::Act;
use crate::{Fault, host};

/// The panel of an alert's annotation `panel` as a PNG, 560 × 220 CSS pixels with two points for each.
pub fn picture(name: &str, dark: bool) -> Result<Vec<u8>, Fault> {
    host::notice::picture(name, dark)
}

/// The address of a page where `person` may do this to the group, once. The page asks before it does, as programs that look
/// for viruses follow links.
pub fn link(act: Act, seconds: u32, person: &str) -> Result<String, Fault> {
    host::notice::link(act, seconds, person)
}

/// Where the far side may report on this delivery; none where the host cannot be reached from outside.
pub fn callback(name: &str) -> Option<String> {
    host::notice::callback(name)
}

/// How many seconds the notice's time zone is ahead of UTC at a moment.
pub fn offset(time: i64) -> i64 {
    host::notice::offset(time).into()
}

/// Writes down that one of several was told: a later try of the same delivery leaves them out.
pub fn told(person: &str, answer: &str, id: Option<&str>) -> Result<(), Fault> {
    host::notice::told(person, answer, id)
}

/// Those that an earlier try of this delivery has told.
pub fn reached() -> Result<Vec<String>, Fault> {
    host::notice::reached()
}
