//! The command line: one file per verb.

mod ask;
mod backup;
mod check;
pub mod compile;
mod completions;
mod import;
mod plan;
mod plugin;
mod preview;
mod query;
mod render;
mod replay;
mod routes;
mod rules;
mod serve;
mod share;

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use serde_json::{Map, Value};

use crate::plan::Origins;

/// Watches machines and services, shows dashboards, and tells people when something is wrong.
///
/// Everything that touches the outside world is a sandboxed plugin; everything you set up is a file.
#[derive(Debug, Parser)]
#[command(name = "vitrine", version = version(), max_term_width = 100)]
#[command(after_help = "EXAMPLES:
  vitrine serve                       start with ./config and ./dashboards
  vitrine check                       say everything that is wrong in the files
  vitrine plan                        say what a change would alter, before it does
  vitrine preview dashboards/my.yaml  write a dashboard and watch it
  vitrine query up                    ask the running host
  vitrine render machine --png m.png  a dashboard as a picture
  vitrine rules test alerts_test.yaml run unit tests of alerts
  vitrine replay --from -7d           what rules and routes would have told of last week
  vitrine plugin new source mine      write a plugin of your own
  vitrine plugin inspect system       what a plugin is, and what it may do
  vitrine plugin build plugins/mine   compile a plugin to one file

SETTINGS:
  Every key of config/*.yaml can be set in the environment (VITRINE_LISTEN, VITRINE_MAIL__HOST)
  and on the command line (--listen, or --set mail.host=smtp.shop.example). Flags win over the
  environment, the environment over config/conf.d/, that over config/.")]
pub struct Arguments {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    verb: Verb,
}

/// Settings that everybody needs now and then; `--set` reaches all others.
#[derive(Debug, Args)]
struct Common {
    /// Folder with the settings
    #[arg(long, global = true, value_name = "DIR", default_value = "config", env = "VITRINE_CONFIG", help_heading = "Settings")]
    config: PathBuf,
    /// Folder with the dashboards [default: dashboards] [env: VITRINE_DASHBOARDS_DIR]
    #[arg(long, global = true, value_name = "DIR", help_heading = "Settings")]
    dashboards_dir: Option<PathBuf>,
    /// Folder for samples, alerts and deliveries [default: data] [env: VITRINE_DATA_DIR]
    #[arg(long, global = true, value_name = "DIR", help_heading = "Settings")]
    data_dir: Option<PathBuf>,
    /// Address and port to listen on [default: 127.0.0.1:7878] [env: VITRINE_LISTEN]
    #[arg(long, global = true, value_name = "ADDRESS:PORT", help_heading = "Settings")]
    listen: Option<String>,
    /// Address that links in messages begin with [env: VITRINE_PUBLIC_URL]
    #[arg(long, global = true, value_name = "URL", help_heading = "Settings")]
    public_url: Option<String>,
    /// Time zone of pages, messages and cron expressions [env: VITRINE_TIME_ZONE]
    #[arg(long, global = true, value_name = "ZONE", help_heading = "Settings")]
    time_zone: Option<String>,
    /// How long samples are kept [default: 15d] [env: VITRINE_RETENTION]
    #[arg(long, global = true, value_name = "DURATION", help_heading = "Settings")]
    retention: Option<String>,
    /// What is logged: error, warn, info, debug, or a filter [default: info] [env: VITRINE_LOG]
    #[arg(long, global = true, value_name = "FILTER", help_heading = "Settings")]
    log: Option<String>,
    /// How log lines look: auto, human or json [default: auto] [env: VITRINE_LOG_FORMAT]
    #[arg(long, global = true, value_name = "FORMAT", help_heading = "Settings")]
    log_format: Option<String>,
    /// Any other setting, such as `mail.host=smtp.shop.example`; may be given often
    #[arg(long = "set", global = true, value_name = "KEY=VALUE", value_parser = key_and_value, help_heading = "Settings")]
    set: Vec<(String, Value)>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Start the host
    Serve,
    /// Check all files, and say everything that is wrong
    ///
    /// Each problem comes with file, line, column, reason and remedy. The exit code is 1 if there is any.
    Check,
    /// Say what the files would alter on the dashboards of the running host
    ///
    /// Dashboards and panels that are added, removed and changed, and queries among these that find nothing now.
    Plan(plan::Comparison),
    /// Show a dashboard's file as it is being written, with the samples of the running host
    ///
    /// The page follows each save. Nothing of the running host changes, and no source runs.
    Preview(preview::Preview),
    /// Copy all samples, alerts and deliveries to a folder; the host may run meanwhile
    ///
    /// The copy is checked, and comes with the digests of its files. Settings and dashboards are files of yours: keep them
    /// with your other files.
    #[command(after_help = "EXAMPLE:
  vitrine backup /mnt/backups/vitrine-monday")]
    Backup {
        /// The folder to make
        #[arg(value_name = "DIR")]
        target: PathBuf,
    },
    /// Put a backup into the data folder; the host must not run
    ///
    /// The backup is first held against its digests.
    #[command(after_help = "EXAMPLE:
  vitrine restore /mnt/backups/vitrine-monday --data-dir data")]
    Restore {
        /// The folder that `vitrine backup` made
        #[arg(value_name = "DIR")]
        source: PathBuf,
        /// Take the place of what is in the data folder; it is moved to `replaced/` there
        #[arg(long)]
        replace: bool,
    },
    /// Turn a dashboard of another program into a file of this host
    #[command(subcommand)]
    Import(import::From),
    /// Ask a running host in PromQL, and print the answer as table, JSON, CSV or chart
    Query(query::Question),
    /// Say who is told of which alerts, and when
    #[command(subcommand)]
    Routes(routes::Verb),
    /// Make a picture or a PDF of a dashboard, or of one panel of it
    ///
    /// Asks the running host; where none runs, it reads the data folder.
    Render(render::Wish),
    /// Make a link that shows a dashboard, or one panel of it, to whoever has it, for a while
    ///
    /// The host need not run. Whoever has the link sees that and nothing else.
    Share(share::Wish),
    /// Say what would have been sent: stored samples through rules and routes once more
    ///
    /// Runs the samples of the data folder, also beside a running host, through rules, routes, inhibitions, times, silences and
    /// groups on a virtual clock. With another folder of settings it says what these would change. The same samples give the
    /// same output.
    Replay(replay::Wish),
    /// Check and test rule files
    #[command(subcommand)]
    Rules(rules::Verb),
    /// Write, build, test, sign, install and inspect plugins
    #[command(subcommand)]
    Plugin(plugin::Verb),
    /// Print the JSON Schema of a kind of file, for editors
    Schema {
        /// Which kind
        kind: check::SchemaKind,
    },
    #[command(name = compile::VERB, hide = true)]
    Compile(compile::Bounds),
    /// Print a completion script for a shell
    ///
    /// For bash: vitrine completions bash > /etc/bash_completion.d/vitrine
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
}

pub fn run(arguments: Arguments) -> ExitCode {
    let origins = arguments.common.origins();
    let outcome = match arguments.verb {
        Verb::Serve => serve::run(origins),
        Verb::Check => check::run(&origins),
        Verb::Plan(comparison) => plan::run(&comparison, &origins),
        Verb::Preview(preview) => preview::run(&preview, origins),
        Verb::Backup { target } => backup::back_up(&origins, &target),
        Verb::Restore { source, replace } => backup::restore(&origins, &source, replace),
        Verb::Import(from) => import::run(&from, &origins),
        Verb::Query(question) => query::run(&question, &origins),
        Verb::Routes(verb) => routes::run(&verb, &origins),
        Verb::Render(wish) => render::run(&wish, origins),
        Verb::Replay(wish) => replay::run(&wish, &origins),
        Verb::Share(wish) => share::run(&wish, &origins),
        Verb::Rules(verb) => rules::run(&verb),
        Verb::Plugin(verb) => plugin::run(verb, &origins),
        Verb::Compile(bounds) => compile::run(&bounds),
        Verb::Schema { kind } => check::schema(kind),
        Verb::Completions { shell } => completions::run(shell),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

/// The host's own, and the versions of the interface that its plugins may be built for.
fn version() -> String {
    format!("{} (takes plugins built for vitrine:plugin {})", env!("CARGO_PKG_VERSION"), vitrine_pack::APIS.join(", "))
}

/// Variables that are not settings.
const NOT_SETTINGS: [&str; 2] = ["VITRINE_CONFIG", "VITRINE_WASM_TOOLCHAIN"];

impl Common {
    fn origins(&self) -> Origins {
        let environment =
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        let environment = environment.filter(|(name, _)| name.starts_with("VITRINE_") && !NOT_SETTINGS.contains(&name.as_str()));
        Origins {
            folder: self.config.clone(),
            environment: environment.collect(),
            flags: self.flags(),
            bound: None,
            preview: None,
        }
    }

    /// The flags that were given, as a tree.
    fn flags(&self) -> Value {
        let mut tree = Map::new();
        let path = |path: &Option<PathBuf>| path.as_ref().map(|path| path.to_string_lossy().into_owned());
        let named = [
            ("dashboards_dir", path(&self.dashboards_dir)),
            ("data_dir", path(&self.data_dir)),
            ("listen", self.listen.clone()),
            ("public_url", self.public_url.clone()),
            ("time_zone", self.time_zone.clone()),
            ("retention", self.retention.clone()),
            ("log", self.log.clone()),
            ("log_format", self.log_format.clone()),
        ];
        for (key, value) in named {
            if let Some(value) = value {
                tree.insert(key.to_owned(), Value::String(value));
            }
        }
        for (key, value) in &self.set {
            insert(&mut tree, key, value.clone());
        }
        Value::Object(tree)
    }
}

fn insert(tree: &mut Map<String, Value>, key: &str, value: Value) {
    match key.split_once('.') {
        None => drop(tree.insert(key.to_owned(), value)),
        Some((first, rest)) => {
            let branch = tree.entry(first).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(branch) = branch {
                insert(branch, rest, value);
            }
        }
    }
}

/// `KEY=VALUE`; a value that reads as JSON is that, anything else is text.
fn key_and_value(text: &str) -> Result<(String, Value), String> {
    let (key, value) = text.split_once('=').ok_or("write it as KEY=VALUE")?;
    if key.is_empty() || key.split('.').any(str::is_empty) {
        return Err("write the key as `mail.host`".to_owned());
    }
    let value = serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()));
    Ok((key.to_owned(), value))
}

/// Whether to write in colour to standard error.
fn color() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}
