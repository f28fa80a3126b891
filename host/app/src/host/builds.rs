//! Which build of its plugin an entry runs: the file's, if it may; else the one that ran last.

use std::sync::{Arc, Mutex};

use vitrine_model::Fault;
use vitrine_plugin::grant::Grants;
use vitrine_plugin::{Instance, Plugin};

use super::Host;
use super::running::{Hindrance, Made, Note, Waiting};
use crate::approval::{self, Approval, Asked, Build, Verdict, Wish};
use crate::catalog::{Catalog, Entry};
use crate::plan::InstancePlan;

impl InstancePlan {
    /// `source/shop`.
    pub(super) fn id(&self) -> String {
        format!("{}/{}", self.noun, self.name)
    }

    fn grant_text(&self) -> serde_json::Value {
        serde_json::to_value(&self.grant).unwrap_or_default()
    }
}

/// A build that may run, under the grants that it gets.
struct Choice<'a> {
    digest: &'a str,
    grants: Grants,
    verdict: Verdict,
}

impl Host {
    /// The instance that is to run now (it may be the one that runs already), and why it is not the newest, if so.
    pub(super) async fn made(
        &self,
        catalog: &Catalog,
        plan: &InstancePlan,
        about: &str,
        known: Option<Made>,
    ) -> (Option<Made>, Note) {
        let approved = self.book.get(&plan.id());
        let mut note = Note { plugin: plan.plugin.clone(), ..Note::default() };
        let version = |digest: &str| format!("{} {about} {digest}", plan.text);
        let mut tried = None;
        if let Some(entry) = catalog.get(&plan.plugin) {
            match choose(plan, entry, approved.as_ref(), &mut note) {
                Some(choice) if known.as_ref().is_some_and(|known| known.version == version(choice.digest)) => {
                    self.approve(plan, entry, approved.as_ref(), &choice.verdict).await;
                    return (known, note);
                }
                Some(Choice { digest, grants, verdict }) => {
                    tried = Some(digest.to_owned());
                    let made = match self.plugin(entry).await {
                        Ok(plugin) => self.make(plan, plugin, grants, version(digest), known.is_some()).await,
                        Err(reason) => Err(reason.into()),
                    };
                    match made {
                        Ok(made) => {
                            self.approve(plan, entry, approved.as_ref(), &verdict).await;
                            return (Some(made), note);
                        }
                        Err(Hindrance { reason, may_pass }) => {
                            note.problem = Some(reason);
                            note.may_pass = may_pass;
                        }
                    }
                }
                None => {}
            }
        } else {
            note.problem = plan.judged.as_ref().err().cloned();
        }
        let former = self.former(plan, approved, tried, known, &version).await;
        (former, note)
    }

    /// The build that ran last, or that the grant names, under the entry of now; where that is not to be had, what runs.
    async fn former(
        &self,
        plan: &InstancePlan,
        approved: Option<Approval>,
        tried: Option<String>,
        known: Option<Made>,
        version: &(dyn Fn(&str) -> String + Sync),
    ) -> Option<Made> {
        let approved = approved.filter(|approved| approved.plugin == plan.plugin);
        let pin = plan.grant.digest();
        let Some(digest) = pin.or(approved.as_ref().map(|approved| approved.digest.as_str())) else { return known };
        let version = version(digest);
        if tried.as_deref() == Some(digest) || known.as_ref().is_some_and(|known| known.version == version) {
            return known;
        }
        let revived: Result<Made, Hindrance> = async {
            let plugin = self.kept(digest).await?;
            let grants = plan.judge(&plugin.manifest)?;
            self.make(plan, plugin, grants, version, known.is_some()).await
        }
        .await;
        match revived {
            Ok(made) => {
                if pin.is_some() {
                    let asked = Asked::of(&made.plugin.manifest);
                    self.write(plan, (digest, &asked, false), approved.as_ref(), &Verdict::Approved).await;
                }
                Some(made)
            }
            Err(Hindrance { reason, .. }) => {
                tracing::warn!("{} `{}`: the build before does not run as the entry is now: {reason}", plan.noun, plan.name);
                known
            }
        }
    }

    /// An instance, configured and able to work.
    async fn make(
        &self,
        plan: &InstancePlan,
        plugin: Arc<Plugin>,
        grants: Grants,
        version: String,
        replaces: bool,
    ) -> Result<Made, Hindrance> {
        let instance =
            Instance::limited(&self.runtime, Arc::clone(&plugin), &plan.name, &plan.with, grants.clone(), &plan.limits);
        let made = Made { version, plugin, grants, instance, since: self.clock.now(), checked: Arc::default() };
        if replaces {
            can_replace(&made).await?;
            return Ok(made);
        }
        can_begin(&made.instance).await?;
        // Nobody waits for it: what is watched may be slow to answer, and there is nothing to go back to.
        let (instance, checked) = (Arc::clone(&made.instance), Arc::clone(&made.checked));
        tokio::spawn(async move { say(&checked, instance.check().await) });
        Ok(made)
    }

    /// The plugin's code, compiled once for all its instances.
    pub(super) async fn plugin(&self, entry: &Entry) -> Result<Arc<Plugin>, String> {
        if let Some(known) = self.running().plugins.get(entry.digest()).cloned() {
            return Ok(known);
        }
        let place = entry.file.as_ref().map(|file| format!(" ({})", file.display())).unwrap_or_default();
        let loaded = self.runtime.load(entry.bytes()).await;
        let plugin = loaded.map_err(|reason| format!("plugin `{}`{place} cannot be loaded: {reason}", entry.manifest.name))?;
        self.running().plugins.insert(plugin.digest.clone(), Arc::clone(&plugin));
        Ok(plugin)
    }

    /// A build that is not among the files any more; one that nobody trusts now is not begun again.
    async fn kept(&self, digest: &str) -> Result<Arc<Plugin>, String> {
        if let Some(known) = self.running().plugins.get(digest).cloned() {
            return Ok(known);
        }
        let (shelf, wanted) = (self.shelf.clone(), digest.to_owned());
        let read = tokio::task::spawn_blocking(move || shelf.get(&wanted)).await.map_err(|error| error.to_string())?;
        let bytes = read?;
        self.trust.judge(&bytes)?;
        let plugin = self.runtime.load(bytes.into()).await?;
        self.running().plugins.insert(digest.to_owned(), Arc::clone(&plugin));
        Ok(plugin)
    }

    /// Keeps the build, so that it can run again when its file has become another, and writes down what was approved.
    async fn approve(&self, plan: &InstancePlan, entry: &Entry, approved: Option<&Approval>, verdict: &Verdict) {
        let asked = Asked::of(&entry.manifest);
        self.write(plan, (entry.digest(), &asked, entry.is_bundled()), approved, verdict).await;
        if approved.is_some_and(|approved| approved.digest == entry.digest()) {
            return;
        }
        let (shelf, bytes) = (self.shelf.clone(), entry.bytes());
        let kept = tokio::task::spawn_blocking(move || shelf.put(&bytes)).await.map_err(|error| error.to_string());
        if let Err(reason) = kept.and_then(|kept| kept.map(drop)) {
            tracing::error!("{} `{}`: its build is not kept for later: {reason}", plan.noun, plan.name);
        }
    }

    async fn write(
        &self,
        plan: &InstancePlan,
        (digest, asked, is_bundled): (&str, &Asked, bool),
        approved: Option<&Approval>,
        verdict: &Verdict,
    ) {
        let grant = plan.grant_text();
        let build = Build { plugin: &plan.plugin, digest, asked, is_bundled };
        let wish = Wish { grant: &grant, pin: plan.grant.digest(), order: None };
        let record = approval::record(approved, build, wish, verdict);
        if let Err(reason) = self.book.set(&plan.id(), record).await {
            tracing::error!("{} `{}`: what was approved could not be written down: {reason}", plan.noun, plan.name);
        }
    }
}

/// The file's build, if it fits the entry and somebody has approved it.
fn choose<'a>(plan: &InstancePlan, entry: &'a Entry, approved: Option<&Approval>, note: &mut Note) -> Option<Choice<'a>> {
    let (grant, asked) = (plan.grant_text(), Asked::of(&entry.manifest));
    let build = Build { plugin: &plan.plugin, digest: entry.digest(), asked: &asked, is_bundled: entry.is_bundled() };
    let wish = Wish { grant: &grant, pin: plan.grant.digest(), order: None };
    let verdict = approval::decide(approved, build, wish);
    let waiting = |more| Waiting { version: entry.manifest.version.clone(), digest: entry.digest().to_owned(), more };
    match &verdict {
        Verdict::Waits(more) => note.waiting = Some(waiting(more.clone())),
        Verdict::NotPinned => note.waiting = Some(waiting(Vec::new())),
        Verdict::Approved | Verdict::NoMore => match &plan.judged {
            Ok(grants) => return Some(Choice { digest: entry.digest(), grants: grants.clone(), verdict }),
            Err(reason) => note.problem = Some(reason.clone()),
        },
    }
    None
}

/// Configures a first guest. What is wrong with the entry hinders; what may pass (a busy machine, a far side that is
/// down) does not: the calls to come try again.
pub(super) async fn can_begin(instance: &Instance) -> Result<(), String> {
    match instance.warm_up().await {
        Err(fault @ (Fault::Invalid(_) | Fault::Denied(_))) => Err(fault.to_string()),
        Err(fault) => {
            tracing::warn!("an instance is not ready yet: {fault}");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

/// Whether it may take the place of one that works: only what is watched may be at fault.
async fn can_replace(made: &Made) -> Result<(), Hindrance> {
    let hindrance = |what: &str, fault: &Fault| Hindrance {
        reason: format!("{what}: {fault}"),
        // Its settings and its grant change with a file; how it runs may change by itself.
        may_pass: !matches!(fault, Fault::Invalid(_) | Fault::Denied(_)),
    };
    let configured = made.instance.warm_up().await;
    configured.or_else(forgive).map_err(|fault| hindrance("it cannot be configured", &fault))?;
    let checked = made.instance.check().await;
    say(&made.checked, checked.clone());
    checked.map(drop).or_else(forgive).map_err(|fault| hindrance("its check says", &fault))
}

/// A far side that is down was down for the old one too, and a host that is busy says nothing of the new one.
fn forgive(fault: Fault) -> Result<(), Fault> {
    if matches!(fault, Fault::Upstream(_) | Fault::Busy(_)) { Ok(()) } else { Err(fault) }
}

fn say(place: &Mutex<Option<Result<String, Fault>>>, said: Result<Option<String>, Fault>) {
    if let Some(said) = said.transpose() {
        *place.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(said);
    }
}
