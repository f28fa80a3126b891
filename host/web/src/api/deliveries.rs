//! Deliveries, newest first, with what became of each at those it was told to: `GET /api/v1/deliveries`.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};
use vitrine_model::port::deliveries::DeliveryRecord;
use vitrine_model::port::receipts::PersonReceipt;

use crate::api::envelope::{ApiError, success};
use crate::web::Web;
use crate::words;

const USUAL: usize = 100;
const MOST: usize = 1_000;

#[derive(Deserialize)]
pub(crate) struct Asked {
    limit: Option<usize>,
}

pub(crate) async fn list(State(web): State<Arc<Web>>, Query(asked): Query<Asked>) -> Result<Response, ApiError> {
    let limit = asked.limit.unwrap_or(USUAL).min(MOST);
    let (records, receipts) = web.delivered(limit).await.map_err(ApiError::internal)?;
    let all = records.into_iter().map(|record| shape(record, &receipts)).collect::<Vec<Value>>();
    Ok(success(json!({ "deliveries": all })))
}

impl Web {
    /// The newest, with the receipts of all of them.
    pub(crate) async fn delivered(&self, limit: usize) -> Result<(Vec<DeliveryRecord>, Vec<(String, PersonReceipt)>), String> {
        let (deliveries, receipts) = (Arc::clone(&self.deliveries), Arc::clone(&self.receipts));
        let read = move || {
            let records = deliveries.recent(limit)?;
            let keys: Vec<String> = records.iter().map(|record| record.delivery.key.clone()).collect();
            let receipts = receipts.of(&keys)?;
            Ok((records, receipts))
        };
        self.blocking(read).await
    }
}

fn shape(record: DeliveryRecord, receipts: &[(String, PersonReceipt)]) -> Value {
    let delivery = record.delivery;
    let own = receipts.iter().filter(|(key, _)| *key == delivery.key);
    let receipt = |(_, receipt): &(String, PersonReceipt)| {
        json!({
            "person": receipt.person,
            "step": receipt.step.word(),
            "id": receipt.id,
            "answer": receipt.answer,
            "at": words::machine(receipt.at),
        })
    };
    json!({
        "id": delivery.id,
        "key": delivery.key,
        "channel": delivery.channel,
        "title": delivery.notification.title,
        "group": delivery.notification.group,
        "status": delivery.notification.status.word(),
        "state": record.state.word(),
        "attempts": delivery.attempts,
        "createdAt": words::machine(delivery.created_at),
        "dueAt": words::machine(record.due_at),
        "answer": record.answer,
        "receipts": own.map(receipt).collect::<Vec<Value>>(),
    })
}
