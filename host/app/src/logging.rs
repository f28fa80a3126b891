//! Log lines: for people on a terminal, JSON for everything else.

use std::io::IsTerminal;
use std::sync::OnceLock;

use tracing_subscriber::EnvFilter;

use crate::settings::LogFormat;

/// Libraries whose `info` is of no use to an admin; naming one in the filter shows it.
const NOISY: [&str; 2] = ["refinery_core", "memory_serve"];

/// Puts another filter in the place of the one before. There is one log per process, so there is one of these.
static CHANGE: OnceLock<Change> = OnceLock::new();

type Change = Box<dyn Fn(EnvFilter) -> Result<(), String> + Send + Sync>;

/// Starts logging to standard error. The filter is checked before.
pub fn start(filter: EnvFilter, format: LogFormat) {
    let is_human = match format {
        LogFormat::Auto => std::io::stderr().is_terminal(),
        LogFormat::Human => true,
        LogFormat::Json => false,
    };
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let change: Change = if is_human {
        let builder = builder.with_target(false).with_ansi(std::io::stderr().is_terminal()).with_filter_reloading();
        let handle = builder.reload_handle();
        builder.init();
        Box::new(move |filter| handle.reload(filter).map_err(|error| error.to_string()))
    } else {
        let builder = builder.json().flatten_event(true).with_filter_reloading();
        let handle = builder.reload_handle();
        builder.init();
        Box::new(move |filter| handle.reload(filter).map_err(|error| error.to_string()))
    };
    // Logging is started once.
    let _ = CHANGE.set(change);
}

/// Logs by another filter from now on.
pub fn change(filter: EnvFilter) -> Result<(), String> {
    CHANGE.get().map_or(Ok(()), |change| change(filter))
}

/// `info`, or `info,vitrine_plugin=debug`.
pub fn filter(text: &str) -> Result<EnvFilter, String> {
    let mut filter = EnvFilter::try_new(text).map_err(|error| format!("`{text}` is not a log filter: {error}"))?;
    // Whoever quietens the log does not mean what people did.
    if !text.contains("audit") {
        let audit = "audit=info".parse().map_err(|error| format!("`audit` is not a log target: {error}"))?;
        filter = filter.add_directive(audit);
    }
    for noisy in NOISY.iter().filter(|name| !text.contains(*name)) {
        let quieter = format!("{noisy}=warn").parse().map_err(|error| format!("`{noisy}` is not a log target: {error}"))?;
        filter = filter.add_directive(quieter);
    }
    Ok(filter)
}
