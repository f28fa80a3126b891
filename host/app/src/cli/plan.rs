//! `vitrine plan`: what a change of the files would alter on dashboards, before it does.

mod diff;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use vitrine_web::{Dashboard, Summary};

use super::ask;
use crate::plan::{self, Origins};
use diff::{Change, Kind};

/// Queries of one run: each is asked of the host that watches everything.
const MOST_TRIED: usize = 200;

/// What the files are compared with.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  vitrine plan                              compare with the running host
  vitrine plan --against ../main/dashboards compare with another folder of files")]
pub(super) struct Comparison {
    /// Compare with the files of this folder instead of the running host
    #[arg(long, value_name = "DIR")]
    against: Option<PathBuf>,
    /// Address of the host [default: where the settings say that it listens]
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

pub(super) fn run(comparison: &Comparison, origins: &Origins) -> anyhow::Result<ExitCode> {
    let plan = match plan::read(origins) {
        Ok(plan) => plan,
        Err((problems, files)) => {
            writeln!(std::io::stderr(), "{}", problems.render_among(files, super::color()).trim_end())?;
            return Ok(ExitCode::FAILURE);
        }
    };
    let address = comparison.url.clone().unwrap_or_else(|| super::query::reachable(&plan.settings.listen.to_string()));
    let before = before(comparison, origins, &address)?;
    let after: Vec<Summary> = plan.dashboards.iter().map(Dashboard::summary).collect();
    // What is wrong now keeps its last good version.
    let stays = |name: &String| plan.broken_dashboards.contains(name);
    let before: Vec<Summary> = before.into_iter().filter(|one| !stays(&one.name)).collect();
    let changes = diff::diff(&before, &after);
    let mut out = std::io::stdout().lock();
    for change in &changes {
        writeln!(out, "{change}")?;
    }
    let empty = tried(&plan.dashboards, &changes, &address);
    for line in &empty.lines {
        writeln!(out, "! {line}")?;
    }
    writeln!(out, "{}", total(&changes, &empty))?;
    if plan.problems.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    writeln!(std::io::stderr(), "{}", plan.problems.render_among(plan.files, super::color()).trim_end())?;
    Ok(ExitCode::FAILURE)
}

fn before(comparison: &Comparison, origins: &Origins, address: &str) -> anyhow::Result<Vec<Summary>> {
    if let Some(folder) = &comparison.against {
        return Ok(of_folder(folder, origins));
    }
    let answer = ask::get(address, "/api/v1/dashboards")
        .context("there is nothing to compare with: start the host, or name a folder with `--against`")?;
    serde_json::from_value(answer["data"].clone()).with_context(|| format!("{address} is no host of this version"))
}

/// The dashboards of another folder, under the settings of now; what is wrong there is not what was asked.
fn of_folder(folder: &Path, origins: &Origins) -> Vec<Summary> {
    let mut origins = origins.clone();
    if let serde_json::Value::Object(flags) = &mut origins.flags {
        flags.insert("dashboards_dir".to_owned(), folder.to_string_lossy().into_owned().into());
    }
    plan::read(&origins).map(|plan| plan.dashboards.iter().map(Dashboard::summary).collect()).unwrap_or_default()
}

/// What changed queries answer now.
#[derive(Default)]
struct Tried {
    lines: Vec<String>,
    /// Whether a host was there to ask.
    asked: bool,
    /// Queries that nobody tried: they have variables, or are in a source's own language.
    untried: usize,
}

/// Asks the running host whatever is new or changed; without one, nothing is said of it.
fn tried(dashboards: &[Dashboard], changes: &[Change], address: &str) -> Tried {
    let mut tried = Tried { asked: ask::get(address, "/api/v1/status/buildinfo").is_ok(), ..Tried::default() };
    let is_changed = |dashboard: &str, panel: &str| {
        let is_it = |change: &&Change| change.dashboard == dashboard && change.panel.as_deref().is_none_or(|id| id == panel);
        changes.iter().filter(is_it).any(|change| matches!(change.kind, Kind::Added | Kind::Changed(_)))
    };
    let mut left = MOST_TRIED;
    for dashboard in dashboards {
        for panel in dashboard.panels().filter(|panel| is_changed(&dashboard.name, &panel.id)) {
            for query in &panel.queries {
                if query.expr.is_none() || left == 0 {
                    tried.untried += 1;
                    continue;
                }
                if !tried.asked {
                    continue;
                }
                left -= 1;
                if let Some(reason) = wrong(address, query.template.text()) {
                    let place = format!("{}: panel `{}`", dashboard.name, panel.title);
                    tried.lines.push(format!("{place}: {reason}: {}", query.template.text()));
                }
            }
        }
    }
    tried
}

/// Why the query would show nothing, if so.
fn wrong(address: &str, query: &str) -> Option<String> {
    let text: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
    match ask::ask(address, &format!("/api/v1/query?query={text}")) {
        Ok((200, answer)) => {
            let is_empty = answer["data"]["result"].as_array().is_some_and(Vec::is_empty);
            is_empty.then(|| "no data now".to_owned())
        }
        Ok((_, answer)) => Some(answer["error"].as_str().unwrap_or("it cannot be asked").to_owned()),
        Err(error) => Some(format!("{error:#}")),
    }
}

fn total(changes: &[Change], tried: &Tried) -> String {
    let count =
        |wanted: fn(&Kind) -> bool| changes.iter().filter(|change| change.panel.is_some() && wanted(&change.kind)).count();
    let (added, removed) = (count(|kind| *kind == Kind::Added), count(|kind| *kind == Kind::Removed));
    let changed = count(|kind| matches!(kind, Kind::Changed(_)));
    let panels = format!("panels: {added} to add, {changed} to change, {removed} to remove");
    let data = match tried {
        Tried { asked: false, .. } => "; no running host to try queries on".to_owned(),
        Tried { lines, untried: 0, .. } => format!("; {} queries without data", lines.len()),
        Tried { lines, untried, .. } => format!("; {} queries without data, {untried} with variables not tried", lines.len()),
    };
    if changes.is_empty() { "nothing changes".to_owned() } else { panels + &data }
}
