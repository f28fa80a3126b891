//! Which format a text has, as a server says it by its content type.

/// A text format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Prometheus's text format, version 0.0.4.
    /// <https://prometheus.io/docs/instrumenting/exposition_formats/>
    Prometheus,
    /// OpenMetrics 1.0. <https://prometheus.io/docs/specs/om/open_metrics_spec/>
    OpenMetrics,
}

impl Format {
    /// The format that a `content-type` names; nothing where it is neither of them.
    pub fn of_content_type(text: &str) -> Option<Format> {
        let media = text.split(';').next().unwrap_or_default().trim();
        match media {
            _ if media.eq_ignore_ascii_case("application/openmetrics-text") => Some(Format::OpenMetrics),
            _ if media.eq_ignore_ascii_case("text/plain") => Some(Format::Prometheus),
            _ => None,
        }
    }
}
