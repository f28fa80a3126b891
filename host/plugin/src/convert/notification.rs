//! Notifications out to a channel, receipts and failures in.

use vitrine_model::alert::EventKind;
use vitrine_model::notification::{Failure, Notification, NotifiedAlert, Receipt};
use vitrine_model::{Fault, Span};

use super::{fault, labels_out, sentence};
use crate::bindings::exported::delivery;

pub(crate) fn notification_out(notification: &Notification) -> delivery::Notification {
    delivery::Notification {
        status: status(notification.status),
        title: notification.title.clone(),
        group: notification.group.clone(),
        group_labels: labels_out(&notification.group_labels),
        alerts: notification.alerts.iter().map(alert_out).collect(),
        host: notification.host.clone(),
        time_zone: notification.time_zone.clone(),
    }
}

fn status(kind: EventKind) -> delivery::Status {
    match kind {
        EventKind::Firing => delivery::Status::Firing,
        EventKind::Resolved => delivery::Status::Resolved,
    }
}

fn alert_out(alert: &NotifiedAlert) -> delivery::Alert {
    delivery::Alert {
        status: status(alert.status),
        labels: labels_out(&alert.labels),
        annotations: labels_out(&alert.annotations),
        starts_at: alert.starts_at,
        ends_at: alert.ends_at,
        value: alert.value,
        fingerprint: alert.fingerprint.clone(),
        link: alert.link.clone(),
    }
}

pub(crate) fn receipt_in(receipt: delivery::Receipt) -> Receipt {
    Receipt { answer: sentence(receipt.answer), id: receipt.id.map(sentence) }
}

pub(crate) fn failure_in(failure: delivery::Failure) -> Failure {
    match failure {
        delivery::Failure::Permanent(cause) => Failure::Permanent(fault(cause)),
        delivery::Failure::Retry(cause) => Failure::Retry(fault(cause)),
        delivery::Failure::RetryAfter(later) => Failure::RetryAfter(fault(later.fault), Span::from_secs(later.seconds.into())),
    }
}

/// A call that did not end in order says nothing about the far side: try again, as nothing may be lost.
pub(crate) fn failure_of_call(cause: Fault) -> Failure {
    Failure::Retry(cause)
}
