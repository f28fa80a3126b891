//! The source `system` beside Debian's node exporter on the same machine: the same names, labels and values.

use std::collections::{BTreeMap, BTreeSet};

use vitrine_tests::{Exporter, Files, LONG, Labels, Start, Vitrine, wait_until};

/// Takes what the exporter takes: its defaults leave out less than ours.
const SOURCES: &str = "sources:
  this-machine:
    plugin: system
    every: 1s
    grant: [system]
    with: { ignore_disks: ['ram*', 'loop*', 'fd*'], ignore_interfaces: [] }
";

/// It takes the loopback and the root, whatever that is in a container, as ours does. The mounts of network file systems
/// are not read by ours, as they may hang.
const FLAGS: [&str; 3] = [
    "--collector.processes",
    "--collector.netdev.device-exclude=^$",
    "--collector.filesystem.fs-types-exclude=^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|efivarfs|\
     erofs|fusectl|hugetlbfs|iso9660|mqueue|nsfs|proc|procfs|pstore|ramfs|rpc_pipefs|securityfs|selinuxfs|squashfs|sysfs|\
     tmpfs|tracefs|nfs4?|cifs)$",
];

/// Labels that the exporter has and ours has not.
const LEFT_OUT: [&str; 2] = ["domainname", "version"];

/// The machine goes on between two looks; figures that fit in no look of so many are wrong.
const LOOKS: usize = 30;

#[tokio::test]
async fn this_machine_is_told_as_node_exporter_tells_it() {
    let files = Files::new();
    files.write("config/sources.yaml", SOURCES);
    let vitrine = Start::new(&files).serve().await;
    let exporter = Exporter::start(&FLAGS).await;
    let mut wrong = BTreeMap::new();
    for look in 0..LOOKS {
        let before = without_left_out(exporter.scrape().await);
        let ours = poll_after(&vitrine, time(&before)).await;
        let after = without_left_out(exporter.scrape().await);
        same_series(&before, &ours);
        let outside = ours.iter().filter(|(labels, value)| !is_between(before[*labels], **value, after[*labels]));
        let outside: BTreeMap<Labels, String> = outside
            .map(|(labels, value)| (labels.clone(), format!("{} ≤ {value} ≤ {}", before[labels], after[labels])))
            .collect();
        // A gauge may swing out and back between two looks; a figure that is wrong is wrong each time.
        wrong = if look == 0 { outside } else { outside.into_iter().filter(|(labels, _)| wrong.contains_key(labels)).collect() };
        if wrong.is_empty() {
            break;
        }
    }
    assert!(wrong.is_empty(), "in {LOOKS} looks these were never between the exporter's: {wrong:#?}");
    vitrine.stop().await;
}

fn time(scraped: &BTreeMap<Labels, f64>) -> f64 {
    scraped[&Labels::from([("__name__".to_owned(), "node_time_seconds".to_owned())])]
}

fn without_left_out(scraped: BTreeMap<Labels, f64>) -> BTreeMap<Labels, f64> {
    let without = |(mut labels, value): (Labels, f64)| {
        labels.retain(|label, _| !LEFT_OUT.contains(&label.as_str()));
        (labels, value)
    };
    scraped.into_iter().map(without).collect()
}

/// All series of the first poll that began after a moment.
async fn poll_after(vitrine: &Vitrine, moment: f64) -> BTreeMap<Labels, f64> {
    let ask = async || {
        let series = vitrine.query("{__name__=~\"node_.+\"}").await;
        let all: BTreeMap<Labels, f64> = series.into_iter().map(|(labels, value)| (without_source(labels), value)).collect();
        (!all.is_empty() && time(&all) > moment).then_some(all)
    };
    wait_until("this machine is polled", LONG, ask).await
}

fn without_source(mut labels: Labels) -> Labels {
    assert_eq!(labels.remove("source").as_deref(), Some("this-machine"), "{labels:?}");
    labels
}

/// Of the metrics that ours has, the exporter has the same series; and ours has no metric that the exporter lacks.
fn same_series(theirs: &BTreeMap<Labels, f64>, ours: &BTreeMap<Labels, f64>) {
    let names: BTreeSet<&str> = ours.keys().map(|labels| labels["__name__"].as_str()).collect();
    let theirs: BTreeSet<&Labels> = theirs.keys().filter(|labels| names.contains(labels["__name__"].as_str())).collect();
    let ours: BTreeSet<&Labels> = ours.keys().collect();
    assert_eq!(names.len(), 38, "{names:?}");
    let (lacking, surplus) = (theirs.difference(&ours).collect::<Vec<_>>(), ours.difference(&theirs).collect::<Vec<_>>());
    assert!(lacking.is_empty() && surplus.is_empty(), "ours lacks {lacking:#?} and has beside them {surplus:#?}");
}

/// Between the exporter's two figures, whichever is higher, and a thousandth beside: they round in their own ways.
fn is_between(before: f64, ours: f64, after: f64) -> bool {
    let beside = 0.001 * before.abs().max(after.abs()) + 0.011;
    (before.min(after) - beside..=before.max(after) + beside).contains(&ours)
}
