//! `vitrine plugin grant` and `vitrine plugin enable`: an admin's word about one instance, left for the host.

use std::io::Write;
use std::process::ExitCode;

use anyhow::{anyhow, bail};

use crate::catalog::Entry;
use crate::orders::{self, Order, What};
use crate::plan::{self, InstancePlan, Origins, Plan};

/// Approves what the build that is there now asks for.
pub(super) fn grant(instance: &str, digest: Option<&str>, origins: &Origins) -> anyhow::Result<ExitCode> {
    let plan = read(origins)?;
    let found = one(instance, &plan)?;
    let Some(entry) = plan.catalog.get(&found.plugin) else {
        let (reason, hint) = plan.catalog.missing(&found.plugin, found.noun.kind());
        bail!("{reason}; {hint}");
    };
    if let Some(digest) = digest.filter(|digest| *digest != entry.digest()) {
        bail!("the build that is there now is {}, and not {digest}: look at it with `vitrine plugin inspect`", entry.digest());
    }
    let what = What::Grant { digest: entry.digest().to_owned() };
    leave(&plan, &Order { noun: Some(found.noun.word().to_owned()), name: found.name.clone(), what })?;
    say(found, entry)?;
    Ok(ExitCode::SUCCESS)
}

/// Ends a quarantine, or what follows on the third.
pub(super) fn enable(instance: &str, origins: &Origins) -> anyhow::Result<ExitCode> {
    let plan = read(origins)?;
    let order = Order::of(instance, What::Enable);
    let is_panel = plan.catalog.get(&order.name).is_some_and(|entry| entry.manifest.kind == vitrine_plugin::Kind::Panel);
    if !(is_panel && order.is_for("panel", &order.name)) {
        one(instance, &plan)?;
    }
    leave(&plan, &order)?;
    writeln!(std::io::stdout(), "{instance} may be called again: a running host sees it at once")?;
    Ok(ExitCode::SUCCESS)
}

fn read(origins: &Origins) -> anyhow::Result<Plan> {
    plan::read(origins).map_err(|(problems, files)| anyhow!("{}", problems.render_among(files, super::super::color()).trim_end()))
}

fn leave(plan: &Plan, order: &Order) -> anyhow::Result<()> {
    orders::leave(&plan.settings.data_dir, order).map_err(|reason| anyhow!("{reason}; run it as the user that the host runs as"))
}

/// The entry of that name.
fn one<'a>(instance: &str, plan: &'a Plan) -> anyhow::Result<&'a InstancePlan> {
    let wanted = Order::of(instance, What::Enable);
    let all = || plan.sources.iter().map(|source| &source.instance).chain(&plan.channels);
    let found: Vec<&InstancePlan> = all().filter(|entry| wanted.is_for(entry.noun.word(), &entry.name)).collect();
    match found[..] {
        [one] => Ok(one),
        [] => {
            let names: Vec<String> = all().map(|entry| format!("{}/{}", entry.noun, entry.name)).collect();
            bail!("there is no instance `{instance}`: there are {}", names.join(", "))
        }
        _ => bail!("there is a source and a channel `{instance}`: write `source/{instance}` or `channel/{instance}`"),
    }
}

/// What the admin has just said yes to.
fn say(found: &InstancePlan, entry: &Entry) -> std::io::Result<()> {
    let manifest = &entry.manifest;
    let rights = manifest.rights.iter().map(|(right, why)| (right.word().to_owned(), &why.reason, &why.hosts));
    let secrets = manifest.secrets.iter().map(|(name, secret)| (format!("secret {name}"), &secret.reason, &secret.hosts));
    let mut out = std::io::stdout().lock();
    writeln!(out, "{} {} may run build {} ({}), which asks for", found.noun, found.name, manifest.version, entry.digest())?;
    for (right, reason, places) in rights.chain(secrets) {
        let places = if places.is_empty() { String::new() } else { format!(" ({})", places.join(", ")) };
        writeln!(out, "  {right:<8} {reason}{places}")?;
    }
    match found.judge(manifest) {
        Ok(grants) => writeln!(out, "Its entry grants: {grants}. A running host takes the build at once."),
        Err(reason) => writeln!(out, "Its entry does not let it run yet: {reason}."),
    }
}
