//! Log lines: for people on a terminal, JSON for everything else.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::settings::LogFormat;

/// Libraries whose `info` is of no use to an admin; naming one in the filter shows it.
const NOISY: [&str; 2] = ["refinery_core", "memory_serve"];

/// Starts logging to standard error. The filter is checked before.
pub fn start(filter: EnvFilter, format: LogFormat) {
    let is_human = match format {
        LogFormat::Auto => std::io::stderr().is_terminal(),
        LogFormat::Human => true,
        LogFormat::Json => false,
    };
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if is_human {
        builder.with_target(false).with_ansi(std::io::stderr().is_terminal()).init();
    } else {
        builder.json().flatten_event(true).init();
    }
}

/// `info`, or `info,vitrine_plugin=debug`.
pub fn filter(text: &str) -> Result<EnvFilter, String> {
    let mut filter = EnvFilter::try_new(text).map_err(|error| format!("`{text}` is not a log filter: {error}"))?;
    for noisy in NOISY.iter().filter(|name| !text.contains(*name)) {
        let quieter = format!("{noisy}=warn").parse().map_err(|error| format!("`{noisy}` is not a log target: {error}"))?;
        filter = filter.add_directive(quieter);
    }
    Ok(filter)
}
