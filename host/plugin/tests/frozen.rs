//! A guest built for any version of the interface that was ever released must load, be configured and collect: one of each
//! lies under `tests/fixtures/api/`, in the text format, as it was built then.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use prometheus_client::registry::Registry;
use serde_json::json;
use vitrine_model::port::source::Source;
use vitrine_model::{Clock, Millis};
use vitrine_plugin::grant::Grants;
use vitrine_plugin::settings::PluginSettings;
use vitrine_plugin::{Instance, PluginSource, Runtime};

/// In `plugin.toml`'s words, without `api`: the component itself tells it.
const MANIFEST: &str = r#"
name = "frozen"
kind = "data-source"
version = "1.0.0"
title = "Frozen"
description = "Built once for a version of the interface, and never again."
offers = ["collector"]
"#;

const REMEDY: &str = "a version that was released must not change; one that was not is frozen anew: `cargo run --package \
    vitrine-pack --example freeze -- wit > tests/fixtures/api/VERSION/source.wat`";

#[derive(Debug)]
struct FixedClock;

#[async_trait]
impl Clock for FixedClock {
    fn now(&self) -> Millis {
        1_000_000
    }

    async fn sleep_until(&self, _moment: Millis) {}
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/api")
}

fn frozen(version: &str) -> Vec<u8> {
    let text = std::fs::read_to_string(fixtures().join(version).join("source.wat")).unwrap();
    wat::parse_str(text).unwrap()
}

fn runtime(folder: &Path) -> Arc<Runtime> {
    Runtime::new(PluginSettings::default(), folder.to_owned(), Arc::new(FixedClock), &mut Registry::default()).unwrap()
}

#[tokio::test]
async fn a_guest_of_every_version_that_is_taken_loads_and_works() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = runtime(folder.path());
    let mut versions: Vec<String> =
        std::fs::read_dir(fixtures()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    versions.sort();
    assert_eq!(versions, vitrine_pack::APIS, "each version that the host takes has its folder, and no other");
    for version in versions {
        let bytes: Arc<[u8]> = vitrine_pack::embed(&frozen(&version), MANIFEST).unwrap().into();
        let plugin = runtime.load(bytes).await.unwrap_or_else(|reason| panic!("{version}: {reason}; {REMEDY}"));
        assert_eq!(plugin.manifest.api, version);
        let source = PluginSource::new(Instance::new(&runtime, plugin, "frozen", &json!({}), Grants::default()));
        assert_eq!(source.check().await.unwrap(), "frozen");
        let batch = source.collect().await.unwrap();
        let series: Vec<String> = batch.samples.iter().map(|(labels, _)| labels.to_string()).collect();
        assert_eq!(series, [format!("frozen_value{{api=\"{version}\"}}")]);
        assert_eq!((batch.samples[0].1.value, batch.samples[0].1.time), (42.0, 1_000_000));
    }
}

#[tokio::test]
async fn a_guest_of_another_version_is_refused_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = runtime(folder.path());
    let text = std::fs::read_to_string(fixtures().join("0.1.0/source.wat")).unwrap();
    let other = wat::parse_str(text.replace("@0.1.0", "@0.9.0")).unwrap();
    let bytes: Arc<[u8]> = vitrine_pack::embed(&other, MANIFEST).unwrap().into();
    let reason = runtime.load(bytes).await.err().unwrap();
    assert_eq!(
        reason,
        "it is built for version 0.9.0 of vitrine:plugin, and this host takes 0.1.0: update the host, or build the plugin with \
         the SDK of this host's release"
    );
}
