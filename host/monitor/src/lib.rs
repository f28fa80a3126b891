//! The beats: due → read → decide → write. Collects samples, evaluates rules, tells people.

pub mod live;
pub mod status;
