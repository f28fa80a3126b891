//! What is known of each metric: its type, its help, its unit.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use vitrine_model::sample::{Family, MetricKind};

use crate::api::envelope::{ApiError, success};
use crate::api::parameters::Parameters;
use crate::web::Web;

/// Metrics of one answer.
const MOST: usize = 100_000;

#[derive(Serialize)]
struct Shape {
    #[serde(rename = "type")]
    kind: &'static str,
    help: String,
    unit: String,
}

/// One description of a metric is kept; clients expect a list.
pub(crate) async fn list(State(web): State<Arc<Web>>, asked: Parameters) -> Result<Response, ApiError> {
    let limit = asked.limit("limit")?.unwrap_or(MOST).min(MOST);
    asked.limit("limit_per_metric")?;
    let samples = Arc::clone(&web.samples);
    let families = web.asker.work(move |_, _| samples.families()).await?;
    let families = families.map_err(|error| ApiError::internal(error.to_string()))?;
    let wanted = asked.get("metric");
    let matching = families.into_iter().filter(|family| wanted.is_none_or(|name| name == family.name));
    let shapes: BTreeMap<String, [Shape; 1]> = matching.take(limit).map(shape).collect();
    Ok(success(shapes))
}

fn shape(family: Family) -> (String, [Shape; 1]) {
    let kind = match family.kind {
        MetricKind::Unknown => "unknown",
        MetricKind::Counter => "counter",
        MetricKind::Gauge => "gauge",
        MetricKind::Histogram => "histogram",
        MetricKind::Summary => "summary",
    };
    (family.name, [Shape { kind, help: family.help, unit: family.unit }])
}
