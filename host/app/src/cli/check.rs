//! `vitrine check`: every problem of every file at once.

use std::io::Write;
use std::process::ExitCode;

use clap::ValueEnum;
use vitrine_config::Problems;
use vitrine_config::schema::schema_of;
use vitrine_monitor::alert::file::RuleFile;
use vitrine_monitor::notify::file::RouteFile;
use vitrine_web::{DashboardFile, PartFile};

use crate::plan::{self, Origins};
use crate::settings::Settings;

pub(super) fn run(origins: &Origins) -> anyhow::Result<ExitCode> {
    let (problems, remarks, files) = match plan::read_and_try(origins) {
        Ok(plan) => (plan.problems, plan.remarks, plan.files),
        Err((problems, files)) => (problems, Problems::default(), files),
    };
    for remark in &remarks.0 {
        writeln!(std::io::stderr(), "note: {}", remark.one_line())?;
    }
    if problems.is_empty() {
        let noun = if files == 1 { "file" } else { "files" };
        writeln!(std::io::stdout(), "{files} {noun}, no problems")?;
        return Ok(ExitCode::SUCCESS);
    }
    writeln!(std::io::stderr(), "{}", problems.render_among(files, super::color()).trim_end())?;
    Ok(ExitCode::FAILURE)
}

/// The kinds of files that people write.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum SchemaKind {
    /// config/*.yaml
    Settings,
    /// dashboards/*.yaml
    Dashboard,
    /// dashboards/_*.yaml, which others include
    Part,
    /// config/alerts/*.yaml
    Alerts,
    /// config/routes.yaml
    Routes,
}

pub(super) fn schema(kind: SchemaKind) -> anyhow::Result<ExitCode> {
    let schema = match kind {
        SchemaKind::Settings => schema_of::<Settings>("Vitrine settings"),
        SchemaKind::Dashboard => schema_of::<DashboardFile>("Vitrine dashboard"),
        SchemaKind::Part => schema_of::<PartFile>("Vitrine panels and rows to include"),
        SchemaKind::Routes => schema_of::<RouteFile>("Vitrine routes"),
        SchemaKind::Alerts => schema_of::<RuleFile>("Vitrine alert rules"),
    };
    writeln!(std::io::stdout(), "{}", serde_json::to_string_pretty(&schema)?)?;
    Ok(ExitCode::SUCCESS)
}
