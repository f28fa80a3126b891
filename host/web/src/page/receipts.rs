//! What became of deliveries at each of those they were told to, beside the channel's own answer.

use std::sync::Arc;

use vitrine_model::port::deliveries::DeliveryRecord;
use vitrine_model::port::receipts::{PersonReceipt, Step};

use crate::web::Web;

/// People of one delivery that are named.
const NAMED: usize = 10;

/// The same, each with its receipts in its answer, where these say more than that.
pub(crate) async fn with_receipts(web: &Web, mut records: Vec<DeliveryRecord>) -> Vec<DeliveryRecord> {
    let keys: Vec<String> = records.iter().map(|record| record.delivery.key.clone()).collect();
    let port = Arc::clone(&web.receipts);
    let receipts = match web.blocking(move || port.of(&keys)).await {
        Ok(receipts) => receipts,
        Err(reason) => {
            tracing::warn!(error = reason, "the receipts of deliveries could not be read");
            return records;
        }
    };
    for record in &mut records {
        let own: Vec<&PersonReceipt> =
            receipts.iter().filter(|(key, _)| *key == record.delivery.key).map(|(_, receipt)| receipt).collect();
        if own.len() > 1 || own.iter().any(|receipt| receipt.step != Step::Taken) {
            record.answer = told(&record.answer, &own);
        }
    }
    records
}

fn told(answer: &str, receipts: &[&PersonReceipt]) -> String {
    let mut lines: Vec<String> = Vec::from_iter((!answer.is_empty()).then(|| answer.to_owned()));
    lines.extend(receipts.iter().take(NAMED).map(|receipt| format!("{}: {}", receipt.person, receipt.answer)));
    if receipts.len() > NAMED {
        lines.push(format!("+{}", receipts.len() - NAMED));
    }
    lines.join(" · ")
}
