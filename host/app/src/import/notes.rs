//! What could not be carried: where it stood, and why.

/// Places of one reason that are told one by one.
const MOST_PLACES: usize = 12;

/// What was left behind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notes {
    /// A reason and the places that it holds for, in the order in which they were met.
    entries: Vec<(String, Vec<String>)>,
}

impl Notes {
    /// `place` is a path into the file that was read: `panels[3].fieldConfig.overrides[0]`.
    pub fn add(&mut self, place: impl Into<String>, reason: impl Into<String>) {
        let (place, reason) = (place.into(), reason.into());
        match self.entries.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, places)) if places.contains(&place) => {}
            Some((_, places)) => places.push(place),
            None => self.entries.push((reason, vec![place])),
        }
    }

    /// Puts what leads to the dashboard before each place.
    pub fn prefix(&mut self, prefix: &str) {
        for place in self.entries.iter_mut().flat_map(|(_, places)| places) {
            place.insert_str(0, prefix);
        }
    }

    /// Tells places as `rename` has them.
    pub fn rename(&mut self, rename: impl Fn(&str) -> String) {
        for place in self.entries.iter_mut().flat_map(|(_, places)| places) {
            *place = rename(place);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many places there are.
    pub fn count(&self) -> usize {
        self.entries.iter().map(|(_, places)| places.len()).sum()
    }

    /// A line for each reason.
    pub fn reasons(&self) -> impl Iterator<Item = String> + '_ {
        self.entries.iter().map(|(reason, places)| {
            let told = places.iter().take(MOST_PLACES).cloned().collect::<Vec<_>>().join(", ");
            let more = match places.len().saturating_sub(MOST_PLACES) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            format!("{told}{more}: {reason}").replace(['\n', '\r'], " ")
        })
    }

    /// The comments at the top of a file.
    pub fn lines(&self, origin: &str) -> Vec<String> {
        if self.is_empty() {
            return Vec::new();
        }
        let first = format!("What the dashboard of {origin} had, and this file has not or has otherwise:");
        std::iter::once(first).chain(self.reasons().map(|reason| format!("  {reason}"))).collect()
    }
}
