//! How much a request weighs before it crosses: what is too much for a guest is not the guest's fault.

use vitrine_model::frame::{Column, Frame, Values};
use vitrine_model::notification::Notification;
use vitrine_model::{Fault, Labels};

use crate::limit::{Limits, bytes};

/// What each text or list takes beside its content.
const REFERENCE: usize = 8;

/// Refuses what is larger than may cross.
pub(crate) fn fits(weight: usize, limits: &Limits) -> Result<(), Fault> {
    if weight <= limits.crossing_bytes {
        return Ok(());
    }
    Err(Fault::Invalid(format!(
        "{} are more than the {} that may cross to a plugin in one call: ask for less, or raise `plugins.crossing_kib`",
        bytes(weight),
        bytes(limits.crossing_bytes)
    )))
}

pub(crate) fn of_frame(frame: &Frame) -> usize {
    frame.name.len() + frame.columns.iter().map(of_column).sum::<usize>()
}

fn of_column(column: &Column) -> usize {
    let values = match &column.values {
        Values::Times(values) => values.len() * size_of::<i64>(),
        Values::Numbers(values) => values.len() * size_of::<f64>(),
        Values::Texts(values) => values.iter().map(|text| text.len() + REFERENCE).sum(),
        Values::Flags(values) => values.len(),
    };
    column.name.len() + column.unit.as_ref().map_or(0, String::len) + of_labels(&column.labels) + values
}

fn of_labels(labels: &Labels) -> usize {
    labels.iter().map(|(name, value)| name.len() + value.len() + 2 * REFERENCE).sum()
}

pub(crate) fn of_notification(notification: &Notification) -> usize {
    let alerts = notification
        .alerts
        .iter()
        .map(|alert| of_labels(&alert.labels) + of_labels(&alert.annotations) + alert.fingerprint.len() + alert.link.len());
    notification.title.len() + notification.group.len() + of_labels(&notification.group_labels) + alerts.sum::<usize>()
}
