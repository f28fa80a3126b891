//! What the files ask for, checked: everything a start or a reload needs, and every problem of every file at once.

pub mod dashboards;
mod data;
mod instances;
mod rights;
pub mod routes;
mod rules;
pub mod secrets;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use serde_json::Value;
use vitrine_config::{Finding, Layers, Loaded, Path, Problem, Problems};
use vitrine_model::Span;
use vitrine_monitor::Routing;
use vitrine_monitor::alert::Group;
use vitrine_monitor::notify::heartbeat::Heartbeat;
use vitrine_monitor::schedule::Schedule;
use vitrine_web::Dashboard;

use crate::catalog::{Catalog, Places};
use crate::settings::Settings;
pub use instances::InstancePlan;
use secrets::SecretPlan;

/// Less would be a mistake: rules and pages look back further.
const SHORTEST_RETENTION: Span = Span::from_secs(3_600);

/// Where the settings come from, besides the defaults.
#[derive(Debug, Clone)]
pub struct Origins {
    /// The folder `config/`.
    pub folder: PathBuf,
    /// Environment variables, as they were at start.
    pub environment: Vec<(String, String)>,
    /// Flags as a tree, and their names where they differ from their path.
    pub flags: Value,
    /// Where the host listens, once it does: the settings may name any free port.
    pub bound: Option<SocketAddr>,
    pub preview: Option<Preview>,
}

/// One dashboard is looked at while it is written: nothing else runs.
#[derive(Debug, Clone)]
pub struct Preview {
    pub file: PathBuf,
    /// Where installed plugins are.
    pub data_dir: PathBuf,
}

/// A source whose schedule is known.
#[derive(Debug)]
pub struct SourcePlan {
    pub instance: InstancePlan,
    pub schedule: Schedule,
    pub labels: Vec<(String, String)>,
}

/// The sum.
pub struct Plan {
    pub settings: Settings,
    pub catalog: Catalog,
    pub sources: Vec<SourcePlan>,
    pub channels: Vec<InstancePlan>,
    pub secrets: BTreeMap<String, SecretPlan>,
    pub groups: Vec<Group>,
    /// None where the routes are wrong: those hold that were good before.
    pub routing: Option<Routing>,
    /// None where they are wrong: those go on that were good before.
    pub heartbeats: Option<Vec<Heartbeat>>,
    pub dashboards: Vec<Dashboard>,
    /// None where the setting is wrong: then nothing is forgotten that a right one would keep.
    pub retention: Option<Span>,
    /// What was left out because it is wrong: one entry, one rule file, one dashboard.
    pub problems: Problems,
    /// Rule files (without ending) and dashboards that are wrong now: what was good before runs on.
    pub broken_rules: Vec<String>,
    pub broken_dashboards: Vec<String>,
    /// What is not wrong, and was perhaps not meant.
    pub remarks: Problems,
    /// How many files were read.
    pub files: usize,
}

/// What checks of all parts write to.
#[derive(Default)]
struct Notes {
    problems: Vec<Problem>,
    files: usize,
    broken_rules: Vec<String>,
    broken_dashboards: Vec<String>,
    remarks: Vec<Problem>,
}

/// Reads and checks everything. An error means that not even the settings can be read.
pub fn read(origins: &Origins) -> Result<Plan, (Problems, usize)> {
    let layers = Layers::new().folder(&origins.folder).environment("VITRINE_", &origins.environment).flags(&origins.flags, &[]);
    let loaded: Loaded<Settings> = match layers.load() {
        Ok(loaded) => loaded,
        Err(problems) => return Err(with_other_files(origins, problems)),
    };
    let mut notes = Notes { files: loaded.files().len(), ..Notes::default() };
    let settings = loaded.value.clone();
    let catalog = Catalog::gather(&Places::of(origins, &settings));
    notes.problems.extend(catalog.problems().map(Problem::general));
    let retention = general(&loaded, &mut notes);
    data::databases(&loaded, &mut notes);
    let secrets = secrets::read(&loaded, &mut notes);
    let sources = instances::sources(&loaded, &catalog, &mut notes);
    let channels = instances::channels(&loaded, &catalog, &mut notes);
    for instance in sources.iter().map(|source| &source.instance).chain(&channels) {
        secrets::check(instance, &secrets, &loaded, &mut notes);
    }
    let routing = routes::read(&loaded, &mut notes);
    let heartbeats = routes::heartbeats(&loaded, &mut notes);
    let mut groups = rules::read(origins, &settings, &mut notes);
    let dashboards = dashboards::read(&settings, &catalog, &mut notes);
    groups.extend(dashboards::rules(&dashboards, rules::every(&settings)));
    let plan = Plan {
        settings,
        catalog,
        sources,
        channels,
        secrets,
        groups,
        routing,
        heartbeats,
        dashboards,
        retention,
        problems: Problems(notes.problems),
        broken_rules: notes.broken_rules,
        broken_dashboards: notes.broken_dashboards,
        remarks: Problems(notes.remarks),
        files: notes.files,
    };
    Ok(match &origins.preview {
        Some(preview) => previewed(plan, preview),
        None => plan,
    })
}

/// Only what shows this one dashboard.
fn previewed(plan: Plan, preview: &Preview) -> Plan {
    let name = dashboards::name(&plan.settings.dashboards_dir, &preview.file);
    let is_about = |problem: &Problem| {
        let place = problem.place.as_ref().map(|place| &place.source);
        matches!(place, Some(vitrine_config::Source::File(file)) if file.starts_with(&plan.settings.dashboards_dir))
    };
    Plan {
        sources: Vec::new(),
        channels: Vec::new(),
        secrets: BTreeMap::new(),
        groups: Vec::new(),
        routing: Some(Routing::default()),
        heartbeats: None,
        dashboards: plan.dashboards.into_iter().filter(|dashboard| dashboard.name == name).collect(),
        problems: Problems(plan.problems.0.into_iter().filter(is_about).collect()),
        ..plan
    }
}

/// Where the data are, whatever else the files say.
pub fn data_dir(origins: &Origins) -> anyhow::Result<PathBuf> {
    let layers = Layers::new().folder(&origins.folder).environment("VITRINE_", &origins.environment).flags(&origins.flags, &[]);
    let loaded: Result<Loaded<Settings>, Problems> = layers.load();
    let told = |problems: Problems| anyhow::anyhow!("the settings cannot be read:\n{}", problems.render(false));
    loaded.map(|loaded| loaded.value.data_dir).map_err(told)
}

/// As [`read`], and fetches each secret once to see whether it can be had, which may take some seconds.
pub fn read_and_try(origins: &Origins) -> Result<Plan, (Problems, usize)> {
    let mut plan = read(origins)?;
    secrets::try_all(&mut plan);
    Ok(plan)
}

/// The settings are broken; rules and dashboards are checked all the same, so that one run tells everything.
fn with_other_files(origins: &Origins, mut problems: Problems) -> (Problems, usize) {
    let mut notes = Notes { files: yaml_files(&origins.folder).len(), ..Notes::default() };
    let settings = Settings::default();
    rules::read(origins, &settings, &mut notes);
    dashboards::read(&settings, &Catalog::gather(&Places::default()), &mut notes);
    problems.0.extend(notes.problems);
    (problems, notes.files)
}

/// The YAML files directly in a folder, sorted; none where there is no folder.
fn yaml_files(folder: &std::path::Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let is_yaml = |path: &PathBuf| path.is_file() && path.extension().is_some_and(|end| end == "yaml" || end == "yml");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_yaml).collect();
    files.sort();
    files
}

/// Settings that make sense only to those who use them.
fn general(loaded: &Loaded<Settings>, notes: &mut Notes) -> Option<Span> {
    let settings = &loaded.value;
    let mut find = |finding: Finding| notes.problems.push(loaded.problem(finding));
    for (key, reason, hint) in settings.web().problems() {
        find(Finding::value(Path::new().key(key), reason).hint(hint));
    }
    for (place, origin) in settings.embed_from.iter().enumerate() {
        if let Err(reason) = vitrine_web::embed::Origin::parse(origin) {
            let path = Path::new().key("embed_from").index(place);
            find(Finding::value(path, reason).hint("write it as `https://intranet.shop.example`, without a path"));
        }
    }
    if let Err(reason) = crate::logging::filter(&settings.log) {
        find(Finding::value(Path::new().key("log"), reason).hint("write `info`, or `info,vitrine_plugin=debug`"));
    }
    for (path, text) in [
        (Path::new().key("write_timeout"), &settings.write_timeout),
        (Path::new().key("query").key("max_time"), &settings.query.max_time),
        (Path::new().key("store").key("out_of_order"), &settings.store.out_of_order),
        (Path::new().key("store").key("rollups").key("5m"), &settings.store.rollups.fives),
        (Path::new().key("store").key("rollups").key("1h"), &settings.store.rollups.hours),
        (Path::new().key("alerts").key("evaluate_every"), &settings.alerts.evaluate_every),
        (Path::new().key("alerts").key("resend_delay"), &settings.alerts.resend_delay),
        (Path::new().key("alerts").key("reply_within"), &settings.alerts.reply_within),
    ] {
        if let Err(error) = text.parse::<Span>() {
            find(Finding::value(path, error.to_string()));
        }
    }
    if let Some(mail) = &settings.mail
        && mail.user.is_some() != mail.password.is_some()
    {
        find(
            Finding::value(Path::new().key("mail"), "a login needs both `user` and `password`")
                .hint("add the missing one, or remove the other"),
        );
    }
    let notified = settings.alerts.notify.iter().enumerate();
    let notified = notified.map(|(place, name)| (Path::new().key("alerts").key("notify").index(place), name));
    let forwarded = settings.alertmanagers.iter().enumerate();
    let forwarded = forwarded.map(|(place, name)| (Path::new().key("alertmanagers").index(place), name));
    for (path, name) in notified.chain(forwarded) {
        if !settings.channels.contains_key(name) {
            let known: Vec<&str> = settings.channels.keys().map(String::as_str).collect();
            find(Finding::value(path, format!("there is no channel `{name}`")).hint(format!("there are: {}", known.join(", "))));
        }
    }
    for (place, trusted) in settings.plugins.trust.iter().enumerate() {
        if let Err(reason) = crate::signature::PublicKey::parse(&trusted.key) {
            find(Finding::value(Path::new().key("plugins").key("trust").index(place).key("key"), reason));
        }
    }
    let path = Path::new().key("retention");
    match settings.retention.parse::<Span>() {
        Ok(span) if span >= SHORTEST_RETENTION => Some(span),
        Ok(_) => {
            find(Finding::value(path, format!("samples must be kept for at least {SHORTEST_RETENTION}")).hint("write `15d`"));
            None
        }
        Err(error) => {
            find(Finding::value(path, error.to_string()));
            None
        }
    }
}
