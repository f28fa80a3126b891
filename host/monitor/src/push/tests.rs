//! What tests of all that is pushed share.

use vitrine_model::push::Push;

use super::{Import, Unreadable};

/// Feeds a body in parts of this size.
pub(super) fn fed(import: &mut dyn Import, body: &[u8], size: usize) -> Result<Push, Unreadable> {
    let mut push = Push::new("test");
    for part in body.chunks(size) {
        import.feed(part, &mut push)?;
    }
    import.end(&mut push)?;
    Ok(push)
}

/// Series, time and value of each sample.
pub(super) fn shown(push: &Push) -> Vec<String> {
    let columns = push.places().iter().zip(push.times()).zip(push.values());
    columns.map(|((place, time), value)| format!("{} {time} {value}", push.labels(*place))).collect()
}
