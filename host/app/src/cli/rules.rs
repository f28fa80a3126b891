//! `vitrine rules`: rule files checked and tested, without a host.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;
use vitrine_config::typed::read_as;
use vitrine_config::{Document, Path as Place, Problem, Problems};
use vitrine_model::Span;
use vitrine_monitor::alert::file::RuleFile;
use vitrine_monitor::alert::unit::file::TestFile;
use vitrine_monitor::alert::{Group, Rule, rule, unit};

use crate::plan::dashboards;

/// How often groups are evaluated that say nothing, as in promtool.
const EVERY: Span = Span::from_secs(60);

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Check rule files, and say everything that is wrong
    ///
    /// Files of dashboards are checked too: their panels' alerts are rules. Each problem comes with file, line and column. The
    /// exit code is 1 if there is any.
    #[command(after_help = "EXAMPLE:
  vitrine rules check config/alerts/*.yaml dashboards/*.yaml")]
    Check {
        /// Rule files, in Prometheus's format, or dashboards
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
    },
    /// Run unit tests of rules on a virtual clock
    ///
    /// The format is that of `promtool test rules`: `rule_files`, and `tests` with `input_series`, `alert_rule_test` and
    /// `promql_expr_test`. The exit code is 1 if a test fails.
    #[command(after_help = "EXAMPLE:
  vitrine rules test alerts_test.yaml")]
    Test {
        /// Files of tests
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
    },
}

pub(super) fn run(verb: &Verb) -> anyhow::Result<ExitCode> {
    match verb {
        Verb::Check { files } => check(files),
        Verb::Test { files } => test(files),
    }
}

fn check(files: &[PathBuf]) -> anyhow::Result<ExitCode> {
    let (mut problems, mut out) = (Problems::default(), std::io::stdout().lock());
    for file in files {
        match read(file) {
            Ok(groups) => {
                let rules: usize = groups.iter().map(|group| group.rules.len()).sum();
                writeln!(out, "{}: {rules} rules, no problems", file.display())?;
                for name in repeated(&groups) {
                    writeln!(std::io::stderr(), "note: {}: two rules record {name} with the same labels", file.display())?;
                }
            }
            Err(found) => problems.0.extend(found),
        }
    }
    if problems.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    writeln!(std::io::stderr(), "{}", problems.render_among(files.len(), super::color()).trim_end())?;
    Ok(ExitCode::FAILURE)
}

fn read(file: &Path) -> Result<Vec<Group>, Vec<Problem>> {
    let document = Document::read(file).map_err(|problem| vec![problem])?;
    if ["panels", "rows"].into_iter().any(|key| document.holds(&Place::new().key(key))) {
        return dashboards::rules_of(file, EVERY);
    }
    let rules: RuleFile = read_as(&document).map_err(|problems| problems.0)?;
    let placed = |findings: Vec<_>| findings.into_iter().map(|finding| document.problem(finding)).collect();
    rule::check(&file.to_string_lossy(), &rules, EVERY).map_err(placed)
}

/// Series that two rules record.
fn repeated(groups: &[Group]) -> Vec<String> {
    let (mut known, mut twice) = (std::collections::BTreeSet::new(), Vec::new());
    for rule in groups.iter().flat_map(|group| &group.rules) {
        if let Rule::Record(rule) = rule
            && !known.insert(rule.labels.to_string())
        {
            twice.push(rule.labels.to_string());
        }
    }
    twice
}

fn test(files: &[PathBuf]) -> anyhow::Result<ExitCode> {
    let (mut failed, mut out) = (false, std::io::stdout().lock());
    for file in files {
        match one(file) {
            Ok((tests, failures)) if failures.is_empty() => writeln!(out, "{}: {tests} tests passed", file.display())?,
            Ok((_, failures)) => {
                failed = true;
                writeln!(out, "{}: failed", file.display())?;
                failures.iter().try_for_each(|failure| writeln!(out, "  {failure}"))?;
            }
            Err(problems) => {
                failed = true;
                writeln!(std::io::stderr(), "{}", Problems(problems).render_among(files.len(), super::color()).trim_end())?;
            }
        }
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// How many tests there are, and what failed.
fn one(file: &Path) -> Result<(usize, Vec<String>), Vec<Problem>> {
    let document = Document::read(file).map_err(|problem| vec![problem])?;
    let tests: TestFile = read_as(&document).map_err(|problems| problems.0)?;
    let folder = file.parent().unwrap_or(Path::new(""));
    let (mut groups, mut problems) = (Vec::new(), Vec::new());
    for name in &tests.rule_files {
        let found = matching(&folder.join(name));
        if found.is_empty() {
            problems.push(Problem::general(format!("{}: no file is named `{name}`", file.display())));
        }
        for rules in found {
            match read(&rules) {
                Ok(read) => groups.extend(read),
                Err(found) => problems.extend(found),
            }
        }
    }
    if problems.is_empty() { Ok((tests.tests.len(), unit::run(&tests, &groups))) } else { Err(problems) }
}

/// The file of a path, or those whose names fit its `*`.
fn matching(path: &Path) -> Vec<PathBuf> {
    let pattern = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if !pattern.contains('*') {
        return if path.exists() { vec![path.to_owned()] } else { Vec::new() };
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let fitting = entries.filter(|entry| fits(&pattern, &entry.file_name().to_string_lossy()));
    let mut found: Vec<PathBuf> = fitting.map(|entry| entry.path()).collect();
    found.sort();
    found
}

fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, rest)) => name.strip_prefix(start).is_some_and(|name| {
            name.char_indices().map(|(place, _)| place).chain([name.len()]).any(|place| fits(rest, &name[place..]))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn stars_stand_for_letters() {
        for (pattern, name, wanted) in
            [("*.yml", "a.yml", true), ("a*b*", "aXbY", true), ("*.yml", "a.yaml", false), ("a", "a", true), ("*", "", true)]
        {
            assert_eq!(fits(pattern, name), wanted, "{pattern} {name}");
        }
    }
}
