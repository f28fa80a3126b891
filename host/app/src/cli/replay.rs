//! `vitrine replay`: what would have been sent, by the files of now, and by others.

mod show;

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{anyhow, bail};
use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use vitrine_model::alert::{AlertEvent, OUTSIDE};
use vitrine_model::port::alerts::StoredEvent;
use vitrine_model::{Clock, Labels, Millis, Span};
use vitrine_monitor::Route;
use vitrine_monitor::alert::External;
use vitrine_monitor::clock::SystemClock;
use vitrine_monitor::replay::{Course, Past, Setup, difference, replay, written_names};
use vitrine_store::Snapshot;

use crate::plan::{self, Origins, Plan};
use show::{Shown, Side};

/// Events of alerts that are read; the store keeps no more.
const EVENTS: usize = 100_000;
/// Ended silences are forgotten after that.
const SILENCES_KEPT: Millis = 5 * 86_400_000;

/// Which time, which files, and what is shown of it.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  vitrine replay --from -7d                     what was told in the last week, and which rules make noise
  vitrine replay --from -7d --config ../new     what other rules and routes would change
  vitrine replay --from -1d --rule DiskFull --json

Alerts are evaluated for a while before the beginning, so that what goes on then is known and not told. Deliveries are taken to
arrive at the first try. Silences that ended more than five days ago, and acknowledgements of alerts that are over, are no
longer known. Times at which the host did not run are replayed like all others.")]
pub(super) struct Wish {
    /// Where the time begins: -7d, now-7d, RFC 3339, or seconds since 1970
    #[arg(long, value_name = "TIME", default_value = "-1d", allow_hyphen_values = true)]
    from: String,
    /// Where it ends
    #[arg(long, value_name = "TIME", default_value = "now", allow_hyphen_values = true)]
    to: String,
    /// The folder with the settings of now, where `--config` names others [default: $VITRINE_CONFIG, or config]
    #[arg(long, value_name = "DIR")]
    against: Option<PathBuf>,
    /// Show only what is told of alerts of this name
    #[arg(long, value_name = "NAME")]
    rule: Option<String>,
    /// Show only what this receiver is told
    #[arg(long, value_name = "NAME")]
    receiver: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(wish: &Wish, origins: &Origins) -> anyhow::Result<ExitCode> {
    let now = SystemClock.now();
    let (from, to) = (moment("--from", &wish.from, now)?, moment("--to", &wish.to, now)?);
    if from >= to {
        bail!("the time ends before it begins: write `--from -7d`, or another `--to`");
    }
    let (plan, other) = plans(wish, origins)?;
    let zone = TimeZone::get(&plan.settings.zone_name()).unwrap_or(TimeZone::UTC);
    let snapshot = Snapshot::open(&plan.settings.data_dir, plan.settings.store.checked())?;
    let past = past(&snapshot)?;
    if from < now - SILENCES_KEPT {
        writeln!(std::io::stderr(), "note: silences that ended more than five days ago are no longer known")?;
    }
    let groups = plan.groups.iter().chain(other.iter().flat_map(|plan| &plan.groups));
    let names = written_names(groups);
    let course = |plan: &Plan, word: &str| -> anyhow::Result<Course> {
        let setup = setup(plan)?;
        let mut progress = Progress::new(word, (from, to), &zone);
        let course = replay(&setup, &past, &names, (from, to), &mut |at| progress.tell(at)).map_err(|reason| anyhow!(reason));
        progress.end();
        course
    };
    let ours = course(&plan, "replaying")?;
    let theirs = other.as_ref().map(|plan| course(plan, "replaying the new files")).transpose()?;
    for (rule, (count, reason)) in ours.faults.iter().chain(theirs.iter().flat_map(|course| &course.faults)) {
        writeln!(std::io::stderr(), "note: rule {rule} could not be evaluated {count} times: {reason}")?;
    }
    let shown = Shown {
        difference: theirs.as_ref().map(|theirs| difference(&ours.sent, &theirs.sent)),
        now: Side::of(&ours),
        new: theirs.as_ref().map(Side::of),
        rule: wish.rule.as_deref(),
        receiver: wish.receiver.as_deref(),
        zone: &zone,
    };
    let mut out = std::io::stdout().lock();
    if wish.json {
        show::json(&mut out, &shown)?
    } else {
        show::text(&mut out, &shown)?
    }
    Ok(ExitCode::SUCCESS)
}

/// Rules and routes as they are in the files; all of them must be right.
fn read(origins: &Origins) -> anyhow::Result<Plan> {
    let told = |problems: &vitrine_config::Problems| anyhow!("the files cannot be read:\n{}", problems.render(super::color()));
    let plan = plan::read(origins).map_err(|(problems, _)| told(&problems))?;
    if plan.routing.is_none() || !plan.broken_rules.is_empty() {
        return Err(told(&plan.problems));
    }
    Ok(plan)
}

/// The files of now, and those of `--config` where these are others.
fn plans(wish: &Wish, origins: &Origins) -> anyhow::Result<(Plan, Option<Plan>)> {
    let given = std::env::var_os("VITRINE_CONFIG").map_or_else(|| PathBuf::from("config"), PathBuf::from);
    let now = wish.against.clone().unwrap_or(given);
    let is_named = wish.against.is_some();
    if is_named && !now.is_dir() {
        bail!("there is no folder {}: name the one with the settings of now by `--against`", now.display());
    }
    if !now.is_dir() || is_same(&now, &origins.folder) {
        return Ok((read(origins)?, None));
    }
    let plan = read(&Origins { folder: now, ..origins.clone() })?;
    Ok((plan, Some(read(origins)?)))
}

fn is_same(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    real(one) == real(other)
}

fn setup(plan: &Plan) -> anyhow::Result<Setup> {
    let routing = plan.routing.clone().ok_or_else(|| anyhow!("the routes are wrong"))?;
    let route = Route { routing: Arc::new(routing), public_url: plan.settings.address(), time_zone: plan.settings.zone_name() };
    let labels = Labels::from_pairs(plan.settings.alerts.labels.clone());
    let external = External { labels, url: plan.settings.address() };
    Ok(Setup { groups: plan.groups.clone(), external, route, limits: crate::host::limits(&plan.settings.query) })
}

fn past(snapshot: &Snapshot) -> anyhow::Result<Past> {
    let events: Vec<StoredEvent> = snapshot.alerts().history(EVENTS)?;
    let outside: Vec<AlertEvent> =
        events.into_iter().rev().map(|stored| stored.event).filter(|event| event.alert.rule == OUTSIDE).collect();
    Ok(Past {
        samples: snapshot.samples(),
        outside,
        silences: snapshot.silences().load()?,
        acknowledgements: snapshot.silences().acknowledgements()?,
        overrides: snapshot.oncall().overrides()?,
    })
}

/// `now`, `-7d`, `now-7d`, RFC 3339, or seconds since 1970.
fn moment(flag: &str, text: &str, now: Millis) -> anyhow::Result<Millis> {
    let relative = text.strip_prefix("now").unwrap_or(text);
    if relative.is_empty() && text == "now" {
        return Ok(now);
    }
    if let Some(span) = relative.strip_prefix('-').and_then(|span| span.parse::<Span>().ok()) {
        return Ok(now - span.millis());
    }
    if let Ok(seconds) = text.parse::<u32>() {
        return Ok(Millis::from(seconds) * 1_000);
    }
    text.parse::<Timestamp>()
        .map(Timestamp::as_millisecond)
        .map_err(|_| anyhow!("`{flag} {text}` is not a moment: write `-7d`, `now`, or RFC 3339 as in `2026-11-20T08:00:00Z`"))
}

/// How far it is, on a terminal.
struct Progress<'a> {
    word: &'a str,
    span: (Millis, Millis),
    zone: &'a TimeZone,
    is_seen: bool,
    last: Millis,
}

impl Progress<'_> {
    fn new<'a>(word: &'a str, span: (Millis, Millis), zone: &'a TimeZone) -> Progress<'a> {
        Progress { word, span, zone, is_seen: std::io::stderr().is_terminal(), last: -1 }
    }

    fn tell(&mut self, at: Millis) {
        let (from, to) = self.span;
        let percent = (at - from).max(0) * 100 / (to - from);
        if self.is_seen && percent > self.last {
            self.last = percent;
            eprint!("\r{}: {} ({percent} %) ", self.word, show::time(at, self.zone));
        }
    }

    fn end(&self) {
        if self.is_seen {
            eprint!("\r\x1b[K");
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_people_write_them() {
        const NOW: Millis = 1_795_000_000_000;
        for (text, wanted) in [
            ("now", NOW),
            ("-1h", NOW - 3_600_000),
            ("now-1d", NOW - 86_400_000),
            ("1795000000", NOW),
            ("2026-11-18T11:06:40Z", 1_795_000_000_000),
        ] {
            assert_eq!(moment("--from", text, NOW).unwrap(), wanted, "{text}");
        }
        for text in ["", "-", "soon", "now+1h", "-soon"] {
            assert!(moment("--from", text, NOW).unwrap_err().to_string().contains("is not a moment"), "{text}");
        }
    }
}
