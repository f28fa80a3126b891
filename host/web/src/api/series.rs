//! Which series and labels there are.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use vitrine_model::port::StoreError;
use vitrine_model::port::samples::Samples;
use vitrine_model::{Matcher, Millis};

use crate::api::answer::{self, Notes};
use crate::api::envelope::ApiError;
use crate::api::parameters::Parameters;
use crate::api::query::shorten;
use crate::web::Web;

/// Entries of one answer. One with more is cut, and says so.
const MOST: usize = 100_000;

/// What is looked up: those that match any of the selectors, in this time.
struct Wanted {
    selectors: Vec<Vec<Matcher>>,
    start: Millis,
    end: Millis,
    limit: usize,
}

impl Wanted {
    fn read(asked: &Parameters, selectors: Vec<Vec<Matcher>>) -> Result<Wanted, ApiError> {
        let (start, end) = asked.window()?;
        let limit = asked.limit("limit")?.unwrap_or(MOST).min(MOST);
        Ok(Wanted { selectors, start, end, limit })
    }

    /// Asks once for each selector, one entry more than are wanted, and puts the answers together in order.
    fn gather<T: Ord>(
        &self,
        look_up: impl Fn(&[Matcher], usize) -> Result<Vec<T>, StoreError>,
    ) -> Result<(Vec<T>, Notes), StoreError> {
        let most = self.limit.saturating_add(1);
        let mut found = match self.selectors.as_slice() {
            [] => look_up(&[], most)?,
            [one] => look_up(one, most)?,
            several => {
                let mut all = BTreeSet::new();
                for matchers in several {
                    all.extend(look_up(matchers, most)?);
                }
                all.into_iter().collect()
            }
        };
        let mut notes = Notes::default();
        shorten(&mut found, Some(self.limit), &mut notes);
        Ok((found, notes))
    }
}

async fn look_up<T: Ord + Send + 'static>(
    web: &Web,
    wanted: Wanted,
    work: impl Fn(&dyn Samples, &Wanted, &[Matcher], usize) -> Result<Vec<T>, StoreError> + Send + 'static,
) -> Result<(Vec<T>, Notes), ApiError> {
    let samples = Arc::clone(&web.samples);
    let asked =
        web.asker.work(move |_, _| wanted.gather(|matchers, most| work(samples.as_ref(), &wanted, matchers, most))).await?;
    asked.map_err(|error| ApiError::internal(error.to_string()))
}

pub(crate) async fn list(State(web): State<Arc<Web>>, asked: Parameters) -> Result<Response, ApiError> {
    let wanted = Wanted::read(&asked, asked.need_selectors()?)?;
    let (found, notes) =
        look_up(&web, wanted, |samples, wanted, matchers, most| samples.series(matchers, wanted.start, wanted.end, most)).await?;
    Ok(answer::series(found, &notes))
}

pub(crate) async fn names(State(web): State<Arc<Web>>, asked: Parameters) -> Result<Response, ApiError> {
    let wanted = Wanted::read(&asked, asked.selectors()?)?;
    let (found, notes) =
        look_up(&web, wanted, |samples, wanted, matchers, most| samples.label_names(matchers, wanted.start, wanted.end, most))
            .await?;
    Ok(answer::texts(found, &notes))
}

pub(crate) async fn values(
    State(web): State<Arc<Web>>,
    Path(name): Path<String>,
    asked: Parameters,
) -> Result<Response, ApiError> {
    let name = label_name(&name)
        .ok_or_else(|| ApiError::bad_data(format!("invalid label name: `{name}` is empty or escaped wrongly")))?;
    let wanted = Wanted::read(&asked, asked.selectors()?)?;
    let (found, notes) = look_up(&web, wanted, move |samples, wanted, matchers, most| {
        samples.label_values(&name, matchers, wanted.start, wanted.end, most)
    })
    .await?;
    Ok(answer::texts(found, &notes))
}

/// Names beyond letters, digits and `_` come as Prometheus's clients escape them: `U__` before it, and each odd letter as its
/// number between underscores.
fn label_name(text: &str) -> Option<String> {
    let Some(mut rest) = text.strip_prefix("U__") else { return (!text.is_empty()).then(|| text.to_owned()) };
    let mut name = String::new();
    while let Some(place) = rest.find('_') {
        name.push_str(&rest[..place]);
        rest = &rest[place + 1..];
        if let Some(after) = rest.strip_prefix('_') {
            name.push('_');
            rest = after;
            continue;
        }
        let (number, after) = rest.split_once('_')?;
        name.push(char::from_u32(u32::from_str_radix(number, 16).ok()?)?);
        rest = after;
    }
    name.push_str(rest);
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_names_are_read() {
        for (text, name) in [
            ("job", Some("job")),
            ("U__service_2e_name", Some("service.name")),
            ("U__a__b", Some("a_b")),
            ("U__a_zz_", None),
            ("U__a_2e", None),
            ("", None),
        ] {
            assert_eq!(label_name(text).as_deref(), name, "{text}");
        }
    }
}
