//! Sources: whatever can be polled or asked.

use async_trait::async_trait;

use crate::frame::{Frame, TimeRange};
use crate::sample::Batch;
use crate::{Fault, Labels, Millis};

/// Something that can be done to the system watched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    pub name: String,
    pub title: String,
    pub description: String,
    /// It cannot be undone.
    pub destructive: bool,
    /// JSON Schema of what it takes.
    pub arguments: String,
}

/// One line of a log; `level` is the far side's own word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    pub time: Millis,
    pub level: String,
    pub message: String,
}

/// Some lines, and where to read on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LogPage {
    pub lines: Vec<LogLine>,
    /// What all of them have in common.
    pub labels: Labels,
    /// None where nothing more can come.
    pub cursor: Option<String>,
}

/// One configured source.
#[async_trait]
pub trait Source: Send + Sync {
    /// Polls once. Samples without a time of their own get the time of the call.
    async fn collect(&self) -> Result<Batch, Fault>;

    /// Can it do its work? A sentence for the admin.
    async fn check(&self) -> Result<String, Fault>;

    /// One answer per query, in order.
    async fn query(&self, queries: &[String], range: TimeRange) -> Result<Vec<Result<Vec<Frame>, Fault>>, Fault>;

    /// What can be done.
    async fn actions(&self) -> Result<Vec<Action>, Fault> {
        Err(not_offered("actions"))
    }

    /// Does one of them, with arguments (JSON) that fit its schema; answers a sentence. `person` is who asked.
    async fn act(&self, action: &str, arguments: &str, person: &str) -> Result<String, Fault> {
        let _ = (action, arguments, person);
        Err(not_offered("actions"))
    }

    /// At most `limit` lines after the cursor.
    async fn logs(&self, cursor: Option<&str>, limit: u32) -> Result<LogPage, Fault> {
        let _ = (cursor, limit);
        Err(not_offered("logs"))
    }
}

fn not_offered(what: &str) -> Fault {
    Fault::Invalid(format!("this source offers no {what}"))
}
