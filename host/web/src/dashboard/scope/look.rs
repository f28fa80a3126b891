//! What an address says of single panels: `?p0.page=2&p0.sort=-value&p0.filter=text&p1.level=warning`.

use std::collections::BTreeMap;

use crate::draw::look::{Look, Sort};

/// Panels of one address, and bytes of one word.
const MOST_PANELS: usize = 20;
const MOST_BYTES: usize = 200;
const MOST_PAGES: usize = 1_000_000;

/// By the panel's id.
pub type Looks = BTreeMap<String, Look>;

/// Takes what is one of these words; all else is for others.
pub(super) fn read(looks: &mut Looks, key: &str, value: &str) -> Result<(), String> {
    let Some((id, word)) = key.rsplit_once('.') else { return Ok(()) };
    if !["page", "sort", "filter", "level"].contains(&word) || id.is_empty() {
        return Ok(());
    }
    if id.len() > MOST_BYTES || value.len() > MOST_BYTES {
        return Err(format!("`{word}` of a panel is longer than {MOST_BYTES} bytes"));
    }
    if looks.len() >= MOST_PANELS && !looks.contains_key(id) {
        return Err(format!("the address speaks of more than {MOST_PANELS} panels"));
    }
    let look = looks.entry(id.to_owned()).or_default();
    match word {
        "page" => {
            let page: usize = value.parse().map_err(|_| format!("`{value}` is no page: write a number"))?;
            look.page = page.clamp(1, MOST_PAGES) - 1;
        }
        "sort" => look.sort = sort(value),
        "filter" => value.trim().clone_into(&mut look.filter),
        _ => value.trim().clone_into(&mut look.level),
    }
    Ok(())
}

fn sort(value: &str) -> Option<Sort> {
    let (by, descending) = value.strip_prefix('-').map_or((value, false), |by| (by, true));
    (!by.is_empty()).then(|| Sort { by: by.to_owned(), descending })
}
