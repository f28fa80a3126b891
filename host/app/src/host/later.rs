//! Settings that were changed and take effect only at the next start.

use serde_json::Value;

use crate::settings::Settings;

/// What is taken while the host runs; every other setting waits.
const TAKEN: [&str; 25] = [
    "dashboards_dir",
    "retention",
    "log",
    "query",
    "store.retention_mib",
    "store.rollups",
    "store.out_of_order",
    "store.max_series",
    "store.max_source_series",
    "store.max_source_samples",
    "store.max_labels",
    "store.max_label_name",
    "store.max_label_value",
    "store.head_mib",
    "plugins.folder",
    "plugins.trust",
    "plugins.require_signature",
    "mail",
    "databases",
    "alerts.notify",
    "alerts.evaluate_every",
    "alerts.labels",
    "alerts.resend_delay",
    "sources",
    "channels",
];

/// A sentence for each; none where all is as it was at the start.
pub(super) fn lines(begun: &Settings, now: &Settings) -> Vec<String> {
    let tree = |settings: &Settings| serde_json::to_value(settings).unwrap_or_default();
    let mut changed = Vec::new();
    compare(&tree(begun), &tree(now), "", &mut changed);
    changed.into_iter().map(|key| format!("`{key}` was changed: that takes effect when the host is started again")).collect()
}

fn compare(before: &Value, now: &Value, path: &str, changed: &mut Vec<String>) {
    if before == now || TAKEN.contains(&path) {
        return;
    }
    let (Value::Object(old), Value::Object(new)) = (before, now) else {
        changed.push(path.to_owned());
        return;
    };
    let keys = old.keys().chain(new.keys().filter(|key| !old.contains_key(*key)));
    for key in keys {
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        compare(old.get(key).unwrap_or(&Value::Null), new.get(key).unwrap_or(&Value::Null), &path, changed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_waits_is_told() {
        let begun = Settings::default();
        let mut now = begun.clone();
        now.retention = "30d".to_owned();
        now.log = "debug".to_owned();
        now.query.max_series = 7;
        now.store.max_series = 7;
        assert!(lines(&begun, &now).is_empty());
        now.plugins.memory_mib = 7;
        now.listen = ([127, 0, 0, 1], 1).into();
        let told = lines(&begun, &now);
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told[0].starts_with("`listen` was changed") && told[1].starts_with("`plugins.memory_mib` was changed"));
    }
}
