//! From a plan to running instances: what has not changed runs on, what fails to start leaves the old one running.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use futures_util::StreamExt;
use vitrine_config::{Problem, Problems};
use vitrine_model::{Labels, Millis, Span};
use vitrine_monitor::alert::{External, Group};
use vitrine_monitor::{ChannelEntry, Forwarding, Route, SourceTask};
use vitrine_plugin::grant::Grants;
use vitrine_plugin::settings::{MailRelay, MailTls};
use vitrine_plugin::{Instance, Kind, PluginChannel, PluginPanel, PluginSource, SecretSource};

use super::running::{Key, Made, Note, PluginFile, Running};
use super::{Host, data, later};
use crate::approval::Asked;
use crate::catalog::Catalog;
use crate::orders::{self, What};
use crate::plan::secrets::{SecretPlan, fetch};
use crate::plan::{InstancePlan, Plan, SourcePlan, routes};
use crate::settings::MailSettings;

/// Instances made at once: one that is slow to answer its check holds up no other.
const AT_ONCE: usize = 16;
/// How soon alerts are sent again where the setting cannot be read, which a check tells.
const RESEND: Millis = 60_000;

impl Host {
    pub(super) fn running(&self) -> std::sync::MutexGuard<'_, Running> {
        self.cards.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn retention(&self) -> super::retention::Kept {
        self.running().kept.clone()
    }

    /// Builds and swaps what the plan changes.
    pub(super) async fn build(&mut self, mut plan: Plan) {
        let notes = self.settle(&mut plan.settings);
        if let Some(retention) = plan.retention {
            self.retention().age.store(retention.millis(), Ordering::Relaxed);
            self.monitor.ingest().set_retention(retention.millis());
        }
        let mut problems = std::mem::take(&mut plan.problems);
        self.mail(plan.settings.mail.clone(), &mut problems).await;
        self.runtime.set_secrets(plan.secrets.iter().map(|(name, plan)| (name.clone(), secret(plan))).collect());
        data::set_databases(&self.databases, &plan.settings, &mut problems);
        self.obey(&plan).await;
        self.panels(&plan.catalog, &mut problems).await;
        self.channels(&plan).await;
        if let Some(routing) = plan.routing.take() {
            self.routing = Some(Arc::new(routing));
        }
        let routing = self.routing.clone();
        self.monitor.set_route(Route {
            routing: routing.unwrap_or_else(|| Arc::new(routes::fallback(&plan.settings))),
            public_url: plan.settings.address(),
            time_zone: plan.settings.zone_name(),
        });
        if let Some(heartbeats) = plan.heartbeats.take() {
            self.monitor.set_heartbeats(heartbeats);
        }
        self.monitor.set_external(External {
            labels: Labels::from_pairs(plan.settings.alerts.labels.clone()),
            url: plan.settings.address(),
        });
        self.monitor.set_forwarding(Forwarding {
            channels: plan.settings.alertmanagers.clone(),
            labels: Labels::from_pairs(plan.settings.alerts.labels.clone()),
            delay: plan.settings.alerts.resend_delay.parse().map_or(RESEND, Span::millis),
        });
        self.sources(&plan).await;
        self.tidy(&plan).await;
        self.keep_good(&mut plan);
        self.monitor.set_rules(self.groups.clone(), &plan.broken_rules).await;
        self.tell(&problems, notes);
        crate::memory::give_back(false);
    }

    /// Takes what can be taken while it runs, and tells of what cannot.
    fn settle(&mut self, settings: &mut crate::settings::Settings) -> Vec<String> {
        let notes = later::lines(&self.begun, settings);
        self.engine.set_limits(super::limits(&settings.query));
        self.store.set_settings(settings.store.checked());
        let most = settings.store.retention_mib.unwrap_or(0).saturating_mul(1 << 20);
        self.retention().bytes.store(most, Ordering::Relaxed);
        self.monitor.ingest().set_rate(settings.store.max_source_samples);
        if let Err(reason) = crate::logging::filter(&settings.log).and_then(crate::logging::change) {
            tracing::error!("the log goes on as before: {reason}");
        }
        self.trust = crate::signature::Trust::new(&settings.plugins);
        self.watched = super::reload::folders(&self.origins, settings);
        if let Some(bound) = self.origins.bound {
            // Links name the port that was given, where any would do.
            settings.listen = bound;
        }
        notes
    }

    /// What is wrong and what waits: in the log, on the pages, as metrics.
    fn tell(&mut self, problems: &Problems, mut notes: Vec<String>) {
        let mut lines: Vec<String> = problems.sorted().into_iter().map(Problem::one_line).collect();
        for line in &lines {
            tracing::error!("{line}");
        }
        for line in &notes {
            tracing::warn!("{line}");
        }
        let told: Vec<(Key, Note)> = self.running().notes.iter().map(|(key, note)| (key.clone(), note.clone())).collect();
        self.metrics.show(&told, lines.len());
        for (key, note) in &told {
            let Some(line) = note.line(key) else { continue };
            match &note.waiting {
                Some(_) => notes.push(line),
                // What is wrong with an entry is among the problems, with its place.
                None if lines.iter().any(|known| note.problem.as_ref().is_some_and(|reason| known.contains(reason))) => {}
                None => lines.push(line),
            }
        }
        self.show_problems(lines);
        self.web.set_notes(notes);
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

    async fn mail(&self, settings: Option<MailSettings>, problems: &mut Problems) {
        // The password may be a program's to print, which takes its time.
        let relay = tokio::task::spawn_blocking(move || settings.as_ref().map(relay).transpose()).await;
        // Compared with its secrets in clear: a password that changed in its file is a change.
        let set = relay.map_err(|error| error.to_string()).flatten().and_then(|relay| {
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

    /// Does what the admin said on the command line.
    async fn obey(&self, plan: &Plan) {
        let data_dir = self.begun.data_dir.clone();
        let orders = tokio::task::spawn_blocking(move || orders::take(&data_dir)).await.unwrap_or_default();
        for order in orders {
            match &order.what {
                What::Enable => {
                    let running = self.running();
                    let own = running.instances.iter().filter(|((noun, name), _)| order.is_for(noun, name));
                    let panels = running.panels.iter().filter(|(name, _)| order.is_for("panel", name));
                    let all = own.map(|(_, made)| made).chain(panels.map(|(_, made)| made));
                    all.for_each(|made| made.instance.enable());
                    tracing::info!(plugin.instance = order.name, "an admin let it run again");
                }
                What::Grant { digest } => {
                    let entries = plan.sources.iter().map(|source| &source.instance).chain(&plan.channels);
                    for entry in entries.filter(|entry| order.is_for(entry.noun.word(), &entry.name)) {
                        self.grant(plan, entry, digest).await;
                    }
                }
            }
        }
    }

    /// Approves all that the build of this digest asks, if it is the one in the folder.
    async fn grant(&self, plan: &Plan, entry: &InstancePlan, digest: &str) {
        let Some(found) = plan.catalog.get(&entry.plugin).filter(|found| found.digest() == digest) else {
            tracing::warn!(plugin.instance = entry.name, "what was granted is not the build that is there now ({digest})");
            return;
        };
        let Some(known) = self.book.get(&entry.id()) else { return };
        let approval = crate::approval::Approval { asked: Asked::of(&found.manifest), ..known };
        match self.book.set(&entry.id(), approval).await {
            Ok(()) => tracing::info!(plugin.instance = entry.name, "an admin granted what build {digest} asks"),
            Err(reason) => tracing::error!("what was granted could not be written down: {reason}"),
        }
    }

    async fn panels(&self, catalog: &Catalog, problems: &mut Problems) {
        // One whose file is broken just now runs on.
        let mut panels: BTreeMap<String, Made> = BTreeMap::new();
        for (name, made) in &self.running().panels {
            if catalog.is_broken(name) {
                panels.insert(name.clone(), made.clone());
            }
        }
        for name in catalog.names(Kind::Panel) {
            let Some(entry) = catalog.get(&name) else { continue };
            let known = self.running().panels.get(&name).cloned();
            let made = match (self.plugin(entry).await, known) {
                (Ok(plugin), Some(known)) if known.version == plugin.digest => known,
                (Ok(plugin), _) => {
                    let (grants, nothing) = (Grants::default(), serde_json::Value::Null);
                    let instance = Instance::new(&self.runtime, Arc::clone(&plugin), &name, &nothing, grants.clone());
                    let (version, since) = (plugin.digest.clone(), self.clock.now());
                    Made { version, plugin, grants, instance, since, checked: Arc::default() }
                }
                (Err(reason), known) => {
                    problems.0.push(Problem::general(reason));
                    let Some(known) = known else { continue };
                    known
                }
            };
            panels.insert(name, made);
        }
        let found = panels.iter().map(|(name, made)| (name.clone(), Arc::new(PluginPanel(Arc::clone(&made.instance)))));
        self.panels.store(Arc::new(found.collect()));
        self.running().panels = panels;
    }

    async fn channels(&self, plan: &Plan) {
        let work = plan.channels.iter().map(|channel| async move {
            let key = (channel.noun.word(), channel.name.clone());
            let known = self.running().instances.get(&key).cloned();
            let (made, note) = self.made(&plan.catalog, channel, "", known).await;
            self.settle_instance(key, made, note);
        });
        futures_util::stream::iter(work).buffer_unordered(AT_ONCE).collect::<()>().await;
        let entries = {
            let mut running = self.running();
            let is_wanted = |(noun, name): &Key| *noun != "channel" || plan.settings.channels.contains_key(name);
            running.instances.retain(|key, _| is_wanted(key));
            running.notes.retain(|key, _| is_wanted(key));
            let channels = running.instances.iter().filter(|((noun, _), _)| *noun == "channel");
            let entry = |((_, name), made): (&Key, &Made)| ChannelEntry {
                name: name.clone(),
                plugin: made.plugin.manifest.name.clone(),
                channel: Arc::new(PluginChannel(Arc::clone(&made.instance))),
            };
            channels.map(entry).collect()
        };
        self.monitor.set_channels(entries);
    }

    async fn sources(&self, plan: &Plan) {
        // An entry that is wrong now keeps what ran before; one that is gone goes.
        let gone: Vec<Key> = {
            let mut running = self.running();
            let is_gone = |(noun, name): &Key| *noun == "source" && !plan.settings.sources.contains_key(name);
            running.notes.retain(|key, _| !is_gone(key));
            running.instances.keys().filter(|key| is_gone(key)).cloned().collect()
        };
        for key in gone {
            self.monitor.remove_source(&key.1);
            self.running().instances.remove(&key);
        }
        let work = plan.sources.iter().map(|source| self.source(&plan.catalog, source));
        futures_util::stream::iter(work).buffer_unordered(AT_ONCE).collect::<()>().await;
    }

    async fn source(&self, catalog: &Catalog, plan: &SourcePlan) {
        let key = (plan.instance.noun.word(), plan.instance.name.clone());
        let known = self.running().instances.get(&key).cloned();
        let version = known.as_ref().map(|known| known.version.clone());
        let (made, note) = self.made(catalog, &plan.instance, &plan.schedule.to_string(), known).await;
        if let Some(made) = made.as_ref().filter(|made| version.as_ref() != Some(&made.version)) {
            self.monitor.set_source(SourceTask {
                name: plan.instance.name.clone(),
                plugin: plan.instance.plugin.clone(),
                schedule: plan.schedule.clone(),
                labels: Labels::from_pairs(plan.labels.clone()),
                source: Arc::new(PluginSource::new(Arc::clone(&made.instance))),
            });
        }
        self.settle_instance(key, made, note);
    }

    /// Writes down how it went with one.
    fn settle_instance(&self, key: Key, made: Option<Made>, note: Note) {
        let mut running = self.running();
        let before = running.instances.get(&key).map(|made| made.version.clone());
        let swapped = made.as_ref().is_some_and(|made| before.as_ref().is_some_and(|before| *before != made.version));
        if swapped {
            tracing::info!(plugin.instance = key.1, "{} `{}` was swapped", key.0, key.1);
            self.metrics.swapped();
        }
        if let Some(made) = made {
            running.instances.insert(key.clone(), made);
        }
        if note.is_empty() {
            running.notes.remove(&key);
            return;
        }
        let is_new = running.notes.insert(key.clone(), note.clone()).as_ref() != Some(&note);
        drop(running);
        if is_new {
            self.metrics.kept();
            tracing::warn!(plugin.instance = key.1, "{}", note.line(&key).unwrap_or_default());
        }
    }

    /// Lets go of what nothing runs on any more.
    async fn tidy(&self, plan: &Plan) {
        let entries = plan.settings.sources.keys().map(|name| format!("source/{name}"));
        let ids: BTreeSet<String> = entries.chain(plan.settings.channels.keys().map(|name| format!("channel/{name}"))).collect();
        if let Err(reason) = self.book.retain(&ids).await {
            tracing::error!("what was approved for entries that are gone could not be forgotten: {reason}");
        }
        let mut keep = self.book.digests();
        keep.extend(plan.catalog.iter().map(|entry| entry.digest().to_owned()));
        {
            let mut running = self.running();
            running.files = plan.catalog.iter().map(|entry| (entry.manifest.name.clone(), PluginFile::of(entry))).collect();
            let Running { plugins, instances, panels, .. } = &mut *running;
            let used: BTreeSet<&str> =
                instances.values().chain(panels.values()).map(|made| made.plugin.digest.as_str()).collect();
            plugins.retain(|digest, _| used.contains(digest.as_str()));
            keep.extend(plugins.keys().cloned());
        }
        // What is installed is in the catalog, unless it cannot be read just now.
        if !plan.catalog.broken.is_empty() {
            return;
        }
        let (shelf, now) = (self.shelf.clone(), self.clock.now());
        let pruned = tokio::task::spawn_blocking(move || shelf.prune(&keep, now)).await;
        if let Ok(Err(reason)) = pruned {
            tracing::warn!("old builds could not be removed: {reason}");
        }
    }
}

/// A secret that is fetched whenever a request needs it.
fn secret(plan: &SecretPlan) -> SecretSource {
    let reference = plan.reference.clone();
    let fetch = move || fetch(&reference).map(|value| value.into_inner());
    SecretSource { hosts: plan.hosts.clone(), fetch: Arc::new(fetch) }
}

/// The relay with its password in clear.
fn relay(settings: &MailSettings) -> Result<MailRelay, String> {
    let password = settings.password.as_ref().map(fetch).transpose()?;
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
