//! The host's own form of templates: minijinja, bounded in work and size.

use std::sync::LazyLock;

use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, Value, context};
use vitrine_model::Labels;

use super::tree::Wrong;
use super::{Around, human, number};

/// Steps that one text may take.
const FUEL: u64 = 10_000;

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_fuel(Some(FUEL));
    environment.set_undefined_behavior(UndefinedBehavior::Lenient);
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    // Numbers are written as in Prometheus's form.
    environment.set_formatter(|out, state, value| match f64::try_from(value.clone()) {
        Ok(number) if value.is_number() => Ok(write!(out, "{}", number::general(number, None, false))?),
        _ => minijinja::escape_formatter(out, state, value),
    });
    environment.add_filter("humanize", |value: f64| human::humanize(value));
    environment.add_filter("humanize1024", |value: f64| human::humanize_1024(value));
    environment.add_filter("humanizePercentage", |value: f64| human::percentage(value));
    environment.add_filter("humanizeDuration", |value: f64| human::duration(value));
    environment.add_filter("humanizeTimestamp", |value: f64| {
        human::timestamp(value).map_err(|reason| Error::new(ErrorKind::InvalidOperation, reason))
    });
    environment
});

/// What is wrong with a text of this form. Filters and functions that nobody knows are found by filling it in once.
pub(super) fn check(text: &str) -> Result<(), Wrong> {
    let wrong = |error: &Error| {
        let at = error.range().map_or(0, |range| range.start);
        let reason = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
        Wrong::new(at.min(text.len()), reason)
    };
    let template = ENVIRONMENT.template_from_str(text).map_err(|error| wrong(&error))?;
    let tried = template.render(context! { labels => Value::from_pairs(Labels::new().iter()), value => 1.0 });
    match tried {
        Err(error) if matches!(error.kind(), ErrorKind::UnknownFilter | ErrorKind::UnknownFunction | ErrorKind::UnknownTest) => {
            Err(wrong(&error))
        }
        _ => Ok(()),
    }
}

pub(super) fn fill(text: &str, around: &Around<'_>) -> Result<String, String> {
    let values = context! {
        labels => Value::from_pairs(around.labels.iter()),
        externalLabels => Value::from_pairs(around.external_labels.iter()),
        externalURL => around.external_url,
        value => around.value,
    };
    let filled = ENVIRONMENT.template_from_str(text).and_then(|template| template.render(values));
    filled.map_err(|error| error.to_string())
}
