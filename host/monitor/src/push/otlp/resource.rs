//! Who sends: `job` and `instance` on all its series, and `target_info` with the rest of what is known of it.

use vitrine_model::labels::NAME;
use vitrine_model::push::Push;

use super::attribute::{self, LabelMap};
use crate::push::protobuf::Message;
use crate::push::{Refusals, SAMPLES, Unreadable, check_room, series};

#[derive(Debug, Default)]
pub(super) struct Resource {
    /// `job` and `instance`, where they are known.
    who: Vec<(&'static str, String)>,
    rest: LabelMap,
}

impl Resource {
    pub(super) fn read(mut message: Message<'_>) -> Result<Resource, Unreadable> {
        let mut resource = Resource::default();
        let (mut name, mut namespace, mut instance) = (String::new(), String::new(), String::new());
        while let Some((number, field)) = message.field()? {
            if number == 1 {
                let (key, value) = attribute::read(field.message()?)?;
                match key {
                    "service.name" => name = value,
                    "service.namespace" => namespace = value,
                    "service.instance.id" => instance = value,
                    _ => attribute::add(&mut resource.rest, key, value)?,
                }
            }
        }
        let job = if namespace.is_empty() || name.is_empty() { name } else { format!("{namespace}/{name}") };
        resource.who.extend([("job", job), ("instance", instance)].into_iter().filter(|(_, value)| !value.is_empty()));
        Ok(resource)
    }

    /// `target_info`, where there is something to tell and somebody to tell it of.
    pub(super) fn write(&self, time: i64, push: &mut Push, refused: &mut Refusals) -> Result<(), Unreadable> {
        if self.who.is_empty() || self.rest.is_empty() {
            return Ok(());
        }
        self.sample("target_info", &self.rest, None, (time, 1.0), push, refused)
    }

    /// Adds one sample of a series with these labels, those of the resource, and one more.
    pub(super) fn sample(
        &self,
        name: &str,
        labels: &LabelMap,
        more: Option<(&str, &str)>,
        (time, value): (i64, f64),
        push: &mut Push,
        refused: &mut Refusals,
    ) -> Result<(), Unreadable> {
        check_room(push.len(), SAMPLES, "samples")?;
        let own = |label: &str| self.who.iter().any(|(who, _)| *who == label) || more.is_some_and(|(name, _)| name == label);
        let mut all: Vec<(&str, &str)> = vec![(NAME, name)];
        all.extend(labels.iter().filter(|(label, _)| !own(label) && *label != NAME).map(|(a, b)| (a.as_str(), b.as_str())));
        all.extend(self.who.iter().map(|(label, value)| (*label, value.as_str())));
        all.extend(more);
        if let Some(place) = series(push, &all, 1, refused) {
            push.sample(place, time, value);
        }
        Ok(())
    }
}
