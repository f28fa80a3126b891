//! What Prometheus's clients ask to learn whom they speak to, and how much there is.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use serde_json::json;
use vitrine_model::port::samples::Statistics;

use crate::api::envelope::{ApiError, success};
use crate::api::parameters::Parameters;
use crate::web::Web;
use crate::words;

/// The Prometheus whose API this is: clients choose by it what they ask.
const SPOKEN: &str = "3.5.0";
/// Entries of each list, unless asked otherwise.
const ENTRIES: usize = 10;
const MOST_ENTRIES: usize = 10_000;

/// `version` is that of the API; our own stands beside it.
pub(crate) async fn build(State(web): State<Arc<Web>>) -> Response {
    success(json!({
        "version": SPOKEN,
        "revision": format!("vitrine-{}", web.version),
        "branch": "",
        "buildUser": "",
        "buildDate": "",
        "goVersion": "",
    }))
}

pub(crate) async fn runtime(State(web): State<Arc<Web>>) -> Response {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    success(json!({
        "startTime": words::machine(web.begun),
        "CWD": "",
        "reloadConfigSuccess": web.shelf().problems.is_empty(),
        "lastConfigTime": words::machine(web.begun),
        "corruptionCount": 0,
        "goroutineCount": 0,
        "GOMAXPROCS": threads,
        "GOMEMLIMIT": 0,
        "GOGC": "",
        "GODEBUG": "",
        "storageRetention": "",
    }))
}

/// As little as a client needs: the files of this host may hold what is nobody's business.
pub(crate) async fn config() -> Response {
    success(json!({ "yaml": "global:\n  scrape_interval: 15s\n  evaluation_interval: 15s\n" }))
}

pub(crate) async fn flags() -> Response {
    let flags: BTreeMap<&str, String> = [
        ("query.lookback-delta", "5m".to_owned()),
        ("query.timeout", format!("{}s", crate::ask::PATIENCE.as_secs())),
        ("web.enable-remote-write-receiver", "true".to_owned()),
    ]
    .into();
    success(flags)
}

/// Exemplars are not kept.
pub(crate) async fn exemplars() -> Response {
    success(json!([]))
}

#[derive(Serialize)]
struct Entry {
    name: String,
    value: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    num_series: u64,
    num_label_pairs: u64,
    chunk_count: u64,
    min_time: i64,
    max_time: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Stored {
    head_stats: Head,
    series_count_by_metric_name: Vec<Entry>,
    label_value_count_by_label_name: Vec<Entry>,
    memory_in_bytes_by_label_name: Vec<Entry>,
    series_count_by_label_value_pair: Vec<Entry>,
}

pub(crate) async fn stored(State(web): State<Arc<Web>>, asked: Parameters) -> Result<Response, ApiError> {
    let limit = asked.limit("limit")?.unwrap_or(ENTRIES);
    if limit > MOST_ENTRIES {
        return Err(ApiError::bad_data(format!("invalid parameter `limit`: {limit} is more than {MOST_ENTRIES}; ask for fewer")));
    }
    let samples = Arc::clone(&web.samples);
    let found = web.asker.work(move |_, _| samples.statistics(limit)).await?;
    Ok(success(shape(found.map_err(|error| ApiError::internal(error.to_string()))?)))
}

fn shape(found: Statistics) -> Stored {
    let entries = |list: Vec<(String, u64)>| list.into_iter().map(|(name, value)| Entry { name, value }).collect();
    Stored {
        head_stats: Head {
            num_series: found.series,
            num_label_pairs: found.label_pairs,
            chunk_count: found.blocks,
            min_time: found.oldest.unwrap_or(0),
            max_time: found.newest.unwrap_or(0),
        },
        series_count_by_metric_name: entries(found.series_by_name),
        label_value_count_by_label_name: entries(found.values_by_label),
        memory_in_bytes_by_label_name: entries(found.bytes_by_label),
        series_count_by_label_value_pair: entries(found.series_by_pair),
    }
}
