//! What a channel is told, for its tests.

use crate::Label;
use crate::channel::{Alert, Notification, Status};

/// When a fake host begins: 2026-01-01T00:00:00Z.
const BEGIN: i64 = 1_767_225_600_000;

/// A critical alert that fires since a fake host began, with this summary.
pub fn alert(summary: &str) -> Alert {
    Alert {
        status: Status::Firing,
        labels: vec![Label::new("alertname", "DiskFull"), Label::new("severity", "critical")],
        annotations: vec![Label::new("summary", summary)],
        starts_at: BEGIN,
        ends_at: None,
        value: 0.5,
        fingerprint: "ab12".to_owned(),
        link: "http://host.example/alerts#ab12".to_owned(),
    }
}

/// The same alert, over after a minute.
pub fn ended(alert: Alert) -> Alert {
    Alert { status: Status::Resolved, ends_at: Some(alert.starts_at + 60_000), ..alert }
}

/// What a group of alerts is told as: it fires as long as one of them does.
pub fn notification(alerts: Vec<Alert>) -> Notification {
    let fires = alerts.iter().any(|alert| alert.status == Status::Firing);
    let title = alerts.first().and_then(|alert| alert.annotation("summary")).unwrap_or_default().to_owned();
    Notification {
        status: if fires { Status::Firing } else { Status::Resolved },
        title,
        group: "group-1".to_owned(),
        group_labels: vec![Label::new("alertname", "DiskFull")],
        alerts,
        host: "http://host.example".to_owned(),
        time_zone: "UTC".to_owned(),
    }
}
