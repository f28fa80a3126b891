//! Rights that an entry lacks, as far as that can be seen before anything runs.

use serde_json::Value;
use vitrine_config::{Finding, Path};
use vitrine_plugin::grant::Grants;
use vitrine_plugin::{Capability, Manifest};

use super::data;
use super::instances::InstancePlan;

/// Rights that the plugin asks for and was not granted, as far as that can be seen before it runs.
pub(super) fn missing_rights(instance: &InstancePlan, path: &Path, manifest: &Manifest, grants: &Grants) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (capability, right) in &manifest.rights {
        if *capability == Capability::Http {
            findings.extend(missing_hosts(instance, path, manifest, grants));
        }
        findings.extend(data::options(*capability, path, &instance.with, manifest, grants));
        if !grants.has(*capability) && findings.is_empty() {
            let word = capability.word();
            let reason = format!(
                "{} `{}` asks for the right `{word}`, which is not granted: it {}",
                instance.noun, instance.name, right.reason
            );
            let hint = match capability {
                Capability::Http => "add `grant: { http: [\"https://…\"] }`".to_owned(),
                Capability::Sql => "add `grant: { sql: [NAME] }`, with a name from `databases`".to_owned(),
                Capability::Files => "add `grant: { files: [\"/the/folder\"] }`".to_owned(),
                _ => format!("add `grant: [{word}]`"),
            };
            findings.push(Finding::key(path.clone(), reason).hint(hint));
        }
    }
    findings
}

/// Options that hold an address (`format = "uri"` in the manifest) to which no grant leads.
fn missing_hosts(instance: &InstancePlan, path: &Path, manifest: &Manifest, grants: &Grants) -> Vec<Finding> {
    let schema = manifest.options_schema();
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let addresses = properties.filter(|(_, property)| property.get("format").and_then(Value::as_str) == Some("uri"));
    let mut findings = Vec::new();
    for (option, _) in addresses {
        let Some(text) = instance.with.get(option).and_then(Value::as_str) else { continue };
        let path = path.clone().key("with").key(option);
        let Ok(url) = text.parse::<url::Url>() else {
            findings.push(Finding::value(path, format!("`{text}` is not a URL")).hint("write it as `https://host/path`"));
            continue;
        };
        let origin = vitrine_plugin::grant::http::origin(&url);
        let method = instance.with.get("method").and_then(Value::as_str).unwrap_or("GET");
        if grants.require_http(method, &url).is_err() {
            let reason = format!("{} `{}` asks for a host that is not granted", instance.noun, instance.name);
            findings.push(Finding::value(path, reason).hint(format!("add `http: [\"{origin}\"]` under `grant`")));
        }
    }
    findings
}
