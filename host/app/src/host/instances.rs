//! From a plan to running instances: what has not changed runs on, what fails to start leaves the old one running.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use vitrine_config::{Problem, Problems};
use vitrine_model::{Fault, Labels};
use vitrine_monitor::alert::Group;
use vitrine_monitor::{ChannelEntry, Route, SourceTask};
use vitrine_plugin::grant::Grants;
use vitrine_plugin::settings::{MailRelay, MailTls};
use vitrine_plugin::{Instance, Kind, Plugin, PluginChannel, PluginPanel, PluginSource};
use vitrine_web::PluginCard;

use super::Host;
use crate::catalog::Catalog;
use crate::plan::{ChannelPlan, Plan, SourcePlan};
use crate::settings::MailSettings;

/// What runs, and from which text it was made.
#[derive(Default)]
pub(super) struct Running {
    plugins: BTreeMap<String, Arc<Plugin>>,
    sources: BTreeMap<String, Made>,
    channels: BTreeMap<String, Made>,
    panels: BTreeMap<String, Made>,
    mail: Option<MailRelay>,
    retention: Arc<std::sync::atomic::AtomicI64>,
}

#[derive(Clone)]
struct Made {
    version: String,
    plugin: String,
    granted: String,
    instance: Arc<Instance>,
}

impl Running {
    /// One card per plugin in use.
    pub(super) fn cards(&self) -> Vec<PluginCard> {
        self.plugins.values().map(|plugin| self.card(plugin)).collect()
    }

    fn card(&self, plugin: &Plugin) -> PluginCard {
        let manifest = &plugin.manifest;
        let all = self.sources.iter().chain(&self.channels).chain(&self.panels);
        let own: Vec<_> = all.filter(|(_, made)| made.plugin == manifest.name).collect();
        let usages: Vec<_> = own.iter().map(|(_, made)| made.instance.usage()).collect();
        let kind = match manifest.kind {
            Kind::DataSource => "source",
            Kind::AlertChannel => "channel",
            Kind::Panel => "panel",
        };
        PluginCard {
            name: manifest.name.clone(),
            kind: kind.to_owned(),
            version: manifest.version.clone(),
            title: manifest.title.clone(),
            digest: plugin.digest.clone(),
            asked: manifest.rights.iter().map(|(right, why)| format!("{}: {}", right.word(), why.reason)).collect(),
            granted: own
                .iter()
                .filter(|(_, made)| !made.granted.is_empty())
                .map(|(name, made)| format!("{name}: {}", made.granted))
                .collect(),
            calls: usages.iter().map(|usage| usage.calls).sum(),
            faults: usages.iter().map(|usage| usage.faults).sum(),
            memory: usages.iter().map(|usage| usage.memory_bytes).sum(),
            trouble: usages.iter().any(|usage| usage.disabled).then(|| "an instance is disabled: it failed too often".to_owned()),
        }
    }
}

impl Host {
    fn running(&self) -> std::sync::MutexGuard<'_, Running> {
        self.cards.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn retention(&self) -> Arc<std::sync::atomic::AtomicI64> {
        Arc::clone(&self.running().retention)
    }

    /// Builds and swaps what the plan changes.
    pub(super) async fn build(&mut self, mut plan: Plan) {
        if let Some(retention) = plan.retention {
            self.running().retention.store(retention.millis(), std::sync::atomic::Ordering::Relaxed);
        }
        let mut problems = std::mem::take(&mut plan.problems);
        self.mail(plan.settings.mail.as_ref(), &mut problems);
        self.panels(&plan.catalog, &mut problems).await;
        self.channels(&plan, &mut problems).await;
        self.monitor.set_route(Route {
            channels: plan.settings.alerts.notify.clone(),
            public_url: plan.settings.address(),
            time_zone: plan.settings.zone_name(),
        });
        self.sources(&plan, &mut problems).await;
        self.keep_good(&mut plan);
        self.monitor.set_rules(self.groups.clone(), &plan.broken_rules).await;
        let lines: Vec<String> = problems.sorted().into_iter().map(Problem::one_line).collect();
        for line in &lines {
            tracing::error!("{line}");
        }
        self.show_problems(lines);
        crate::memory::give_back();
    }

    /// Everything as it was, with the problems on top.
    pub(super) fn show_problems(&self, lines: Vec<String>) {
        self.web.set_dashboards(self.dashboards.clone(), lines);
    }

    /// Takes the plan's rules and dashboards, and the last good ones of files that are wrong now.
    fn keep_good(&mut self, plan: &mut Plan) {
        let is_broken = |group: &Group| plan.broken_rules.iter().any(|file| group.key.split(';').next() == Some(file));
        self.groups.retain(is_broken);
        self.groups.append(&mut plan.groups);
        self.dashboards.retain(|dashboard| plan.broken_dashboards.contains(&dashboard.name));
        self.dashboards.append(&mut plan.dashboards);
    }

    fn mail(&self, settings: Option<&MailSettings>, problems: &mut Problems) {
        // Compared with its secrets in clear: a password that changed in its file is a change.
        let set = settings.map(relay).transpose().and_then(|relay| {
            if relay != self.running().mail {
                self.runtime.set_mail(relay.as_ref())?;
                self.running().mail = relay;
            }
            Ok(())
        });
        if let Err(reason) = set {
            problems.0.push(Problem::general(format!("the mail relay cannot be set up: {reason}")));
        }
    }

    /// The plugin's code, compiled once for all its instances.
    async fn plugin(&self, catalog: &Catalog, name: &str) -> Result<Arc<Plugin>, String> {
        let entry = catalog.get(name).ok_or_else(|| format!("there is no plugin `{name}`"))?;
        let known = self.running().plugins.get(name).filter(|known| known.digest == entry.digest()).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let place = entry.file.as_ref().map(|file| format!(" ({})", file.display())).unwrap_or_default();
        let plugin = self
            .runtime
            .load(entry.bytes())
            .await
            .map_err(|reason| format!("plugin `{name}`{place} cannot be loaded: {reason}"))?;
        self.running().plugins.insert(name.to_owned(), Arc::clone(&plugin));
        Ok(plugin)
    }

    async fn panels(&self, catalog: &Catalog, problems: &mut Problems) {
        let mut panels = BTreeMap::new();
        for name in catalog.names(Kind::Panel) {
            let plugin = match self.plugin(catalog, &name).await {
                Ok(plugin) => plugin,
                Err(reason) => {
                    problems.0.push(Problem::general(reason));
                    let old = self.running().panels.get(&name).map(|made| Arc::clone(&made.instance));
                    panels.extend(old.map(|instance| (name.clone(), Arc::new(PluginPanel(instance)))));
                    continue;
                }
            };
            let known = self.running().panels.get(&name).filter(|made| made.version == plugin.digest).cloned();
            let made = known.unwrap_or_else(|| {
                let instance =
                    Instance::new(&self.runtime, Arc::clone(&plugin), &name, &serde_json::Value::Null, Grants::default());
                Made { version: plugin.digest.clone(), plugin: name.clone(), granted: String::new(), instance }
            });
            panels.insert(name.clone(), Arc::new(PluginPanel(Arc::clone(&made.instance))));
            self.running().panels.insert(name, made);
        }
        self.panels.store(Arc::new(panels));
    }

    async fn channels(&self, plan: &Plan, problems: &mut Problems) {
        let mut made = BTreeMap::new();
        for channel in &plan.channels {
            let known = self.running().channels.get(&channel.name).cloned();
            match self.channel(&plan.catalog, channel, known).await {
                Ok(new) => drop(made.insert(channel.name.clone(), new)),
                Err(reason) => {
                    problems.0.push(Problem::general(format!("channel `{}` cannot be started: {reason}", channel.name)));
                }
            }
        }
        // An entry that is wrong now keeps what ran before.
        for (name, known) in &self.running().channels {
            if plan.settings.channels.contains_key(name) && !made.contains_key(name) {
                made.insert(name.clone(), known.clone());
            }
        }
        let entry = |(name, made): (&String, &Made)| ChannelEntry {
            name: name.clone(),
            plugin: made.plugin.clone(),
            channel: Arc::new(PluginChannel(Arc::clone(&made.instance))),
        };
        self.monitor.set_channels(made.iter().map(entry).collect());
        self.running().channels = made;
    }

    async fn channel(&self, catalog: &Catalog, plan: &ChannelPlan, known: Option<Made>) -> Result<Made, String> {
        if let Some(known) = known.filter(|known| known.version == plan.version) {
            return Ok(known);
        }
        let plugin = self.plugin(catalog, &plan.plugin).await?;
        let instance = Instance::new(&self.runtime, plugin, &plan.name, &plan.with, plan.grants.clone());
        ready(&instance).await?;
        Ok(Made { version: plan.version.clone(), plugin: plan.plugin.clone(), granted: plan.grants.to_string(), instance })
    }

    async fn sources(&self, plan: &Plan, problems: &mut Problems) {
        let wanted: Vec<&str> = plan.sources.iter().map(|source| source.name.as_str()).collect();
        // An entry that is wrong now keeps what ran before; one that is gone goes.
        let gone: Vec<String> = {
            let running = self.running();
            let is_gone = |name: &&String| !wanted.contains(&name.as_str()) && !plan.settings.sources.contains_key(*name);
            running.sources.keys().filter(is_gone).cloned().collect()
        };
        for name in gone {
            self.monitor.remove_source(&name);
            self.running().sources.remove(&name);
        }
        for source in &plan.sources {
            if let Err(reason) = self.source(&plan.catalog, source).await {
                problems.0.push(Problem::general(format!("source `{}` cannot be started: {reason}", source.name)));
            }
        }
    }

    async fn source(&self, catalog: &Catalog, plan: &SourcePlan) -> Result<(), String> {
        if self.running().sources.get(&plan.name).is_some_and(|known| known.version == plan.version) {
            return Ok(());
        }
        let plugin = self.plugin(catalog, &plan.plugin).await?;
        let instance = Instance::new(&self.runtime, plugin, &plan.name, &plan.with, plan.grants.clone());
        ready(&instance).await?;
        self.monitor.set_source(SourceTask {
            name: plan.name.clone(),
            plugin: plan.plugin.clone(),
            schedule: plan.schedule.clone(),
            labels: Labels::from_pairs(plan.labels.clone()),
            source: Arc::new(PluginSource::new(Arc::clone(&instance))),
        });
        let made =
            Made { version: plan.version.clone(), plugin: plan.plugin.clone(), granted: plan.grants.to_string(), instance };
        self.running().sources.insert(plan.name.clone(), made);
        Ok(())
    }
}

/// Configures a first guest. What is wrong with the entry hinders; what may pass (a busy machine, a far side that is
/// down) does not: the calls to come try again.
async fn ready(instance: &Instance) -> Result<(), String> {
    match instance.warm_up().await {
        Err(fault @ (Fault::Invalid(_) | Fault::Denied(_))) => Err(fault.to_string()),
        Err(fault) => {
            tracing::warn!("an instance is not ready yet: {fault}");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

/// The relay with its password in clear.
#[expect(clippy::disallowed_methods, reason = "a secret may be a variable: it is read where it is used")]
fn relay(settings: &MailSettings) -> Result<MailRelay, String> {
    let environment = |name: &str| std::env::var(name).ok();
    let password = settings.password.as_ref().map(|secret| secret.resolve(&environment)).transpose()?;
    let usual = match settings.tls {
        MailTls::Implicit => 465,
        MailTls::Starttls => 587,
        MailTls::None => 25,
    };
    Ok(MailRelay {
        host: settings.host.clone(),
        port: settings.port.unwrap_or(usual),
        tls: settings.tls,
        from: settings.from.clone(),
        login: settings.user.clone().zip(password.map(|password| password.expose().to_owned())),
    })
}
