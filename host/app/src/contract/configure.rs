//! Configurations: right ones are taken, wrong ones are the admin's fault and nobody else's.

use serde_json::{Value, json};
use vitrine_model::Fault;

use super::judge;
use super::report::{Report, Verdict};
use super::world::World;

/// Longer than anybody writes.
const LONG: usize = 1 << 20;

pub async fn run(world: &World, report: &mut Report) {
    report.add("takes its configurations", right_ones(world).await);
    report.add("refuses or takes an empty configuration", empty(world).await);
    report.add("is not upset by an unknown key", unknown_key(world).await);
    report.add("is not upset by values of wrong types", wrong_types(world).await);
    report.add("is not upset by a very long text", long_text(world).await);
    report.add("needs no rights to be configured", without_rights(world).await);
}

async fn outcome(world: &World, with: &Value) -> Result<(), Fault> {
    world.instance_with(with).warm_up().await
}

async fn right_ones(world: &World) -> Verdict {
    for sample in &world.samples {
        if let Err(fault) = outcome(world, &world.filled(sample)).await {
            return Verdict::bad(
                format!("{sample}: {}: {}", fault.whose(), fault.reason()),
                "it must work with the configurations of `[test]`; `{server}` in them is the test's web server",
            );
        }
    }
    Verdict::Good
}

async fn empty(world: &World) -> Verdict {
    let needs_some = world.manifest.options.values().any(|option| option.required);
    match outcome(world, &json!({})).await {
        Ok(()) if needs_some => Verdict::bad(
            "it takes an empty configuration, though plugin.toml says that an option is required",
            "remove `required = true`, or refuse it with `Fault::Invalid`",
        ),
        Ok(()) => Verdict::Good,
        Err(fault) => judge(&fault, &["invalid"]),
    }
}

async fn unknown_key(world: &World) -> Verdict {
    let mut with = world.sample();
    if let Some(map) = with.as_object_mut() {
        map.insert("nobody_knows_this_key".to_owned(), json!(1));
    }
    tolerated(outcome(world, &with).await, "")
}

async fn wrong_types(world: &World) -> Verdict {
    for name in world.manifest.options.keys() {
        for value in [json!(null), json!(true), json!(-1.5), json!("\u{0}text"), json!([[]]), json!({ "a": {} })] {
            let mut with = world.sample();
            let Some(map) = with.as_object_mut() else { continue };
            map.insert(name.clone(), value.clone());
            let verdict = tolerated(outcome(world, &with).await, &format!("`{name}` set to {value}"));
            if verdict != Verdict::Good {
                return verdict;
            }
        }
    }
    Verdict::Good
}

async fn long_text(world: &World) -> Verdict {
    let mut with = world.sample();
    let names: Vec<&String> = world.manifest.options.keys().collect();
    let (Some(name), Some(map)) = (names.first(), with.as_object_mut()) else { return Verdict::Good };
    map.insert((*name).clone(), json!("x".repeat(LONG)));
    tolerated(outcome(world, &with).await, &format!("`{name}` set to a text of 1 MiB"))
}

/// The host refuses these by the manifest, before the plugin runs; if one gets through, the plugin must not fall over it.
fn tolerated(outcome: Result<(), Fault>, place: &str) -> Verdict {
    match outcome {
        Ok(()) => Verdict::Good,
        Err(fault) if place.is_empty() => judge(&fault, &["invalid"]),
        Err(fault) => judge(&fault, &["invalid"]).at(place),
    }
}

async fn without_rights(world: &World) -> Verdict {
    match world.instance_without_rights().warm_up().await {
        Ok(()) => Verdict::Good,
        Err(fault) => Verdict::bad(
            format!("{}: {}", fault.whose(), fault.reason()),
            "read the configuration in `new`, and ask the world only in `check`, `collect` or `deliver`",
        ),
    }
}
