//! Labels while rules change them. A label without a value is one that is not there.

use std::borrow::Cow;

#[derive(Debug, Default)]
pub(crate) struct Set<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Set<'a> {
    pub(crate) fn with_capacity(count: usize) -> Set<'a> {
        Set(Vec::with_capacity(count))
    }

    pub(crate) fn of(labels: impl IntoIterator<Item = (&'a str, &'a str)>) -> Set<'a> {
        Set(labels.into_iter().map(|(name, value)| (Cow::Borrowed(name), Cow::Borrowed(value))).collect())
    }

    /// Empty where there is no such label.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }

    /// Adds a label that is not there yet.
    pub(crate) fn add(&mut self, name: impl Into<Cow<'a, str>>, value: impl Into<Cow<'a, str>>) {
        self.0.push((name.into(), value.into()));
    }

    /// Sets a label; one without a value goes.
    pub(crate) fn put(&mut self, name: &str, value: &str) {
        let place = self.0.iter().position(|(known, _)| known == name);
        match (place, value) {
            (Some(place), "") => {
                self.0.remove(place);
            }
            (None, "") => {}
            (Some(place), value) => self.0[place].1 = Cow::Owned(value.to_owned()),
            (None, value) => self.0.push((Cow::Owned(name.to_owned()), Cow::Owned(value.to_owned()))),
        }
    }

    pub(crate) fn rename(&mut self, from: &str, to: String) {
        if let Some((name, _)) = self.0.iter_mut().find(|(known, _)| known == from) {
            *name = Cow::Owned(to);
        }
    }

    pub(crate) fn retain(&mut self, keeps: impl Fn(&str) -> bool) {
        self.0.retain(|(name, _)| keeps(name));
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, &**value))
    }
}
