//! Plugins and their instances, as the floor above hands them in: for the page, and for the API.

use vitrine_model::Millis;

/// A plugin, with all that runs of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PluginCard {
    pub name: String,
    /// `source`, `channel` or `panel`.
    pub kind: String,
    /// Of the file that is there now; an instance may run another build.
    pub version: String,
    pub api: String,
    pub title: String,
    pub description: String,
    pub digest: String,
    /// `bundled`, or the file's path.
    pub from: String,
    pub asked: Vec<AskedRight>,
    pub instances: Vec<InstanceCard>,
}

/// A right or a secret that the manifest asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AskedRight {
    /// `http`, `secret shop`.
    pub right: String,
    pub reason: String,
    /// The places that it names; none stands for wherever the admin grants.
    pub places: Vec<String>,
}

/// How an instance is doing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum State {
    #[default]
    Running,
    BackingOff,
    Quarantined,
    Disabled,
    NeedsGrant,
    Failed,
}

impl State {
    pub fn word(self) -> &'static str {
        match self {
            State::Running => "running",
            State::BackingOff => "backing off",
            State::Quarantined => "quarantined",
            State::Disabled => "disabled",
            State::NeedsGrant => "needs a grant",
            State::Failed => "failed",
        }
    }

    /// How it is marked: with a shape and a colour.
    pub(crate) fn mark(self) -> &'static str {
        match self {
            State::Running => "good",
            State::BackingOff | State::NeedsGrant => "warning",
            State::Quarantined | State::Disabled | State::Failed => "bad",
        }
    }
}

/// One instance.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InstanceCard {
    /// `source`, `channel` or `panel`.
    pub noun: String,
    pub name: String,
    pub state: State,
    /// Why it is in that state.
    pub reason: Option<String>,
    /// What an admin can do about it.
    pub remedy: Option<String>,
    /// When it may be called again.
    pub until: Option<Millis>,
    /// What of the newest entry or file was not taken, while what was before runs on.
    pub trouble: Option<String>,
    /// The build that runs; none where nothing does.
    pub build: Option<Build>,
    /// Since when it runs: its counts begin there.
    pub since: Option<Millis>,
    /// The build that waits for a grant, and what it asks for beyond what was granted.
    pub waiting: Option<(Build, Vec<String>)>,
    /// What it said when it was asked whether it can do its work.
    pub check: Option<Result<String, String>>,
    pub rights: Vec<RightUse>,
    /// The newest first.
    pub refusals: Vec<Refused>,
    /// What it wrote to the log last, oldest first.
    pub lines: Vec<LogLine>,
    pub calls: u64,
    pub faults: u64,
    pub memory_bytes: u64,
    pub limits: Vec<LimitUse>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Build {
    pub version: String,
    pub digest: String,
}

/// One right of one instance.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RightUse {
    pub right: String,
    /// Why the plugin asks for it; none where it does not.
    pub asked: Option<AskedRight>,
    /// What was granted of it, in words; none where nothing was.
    pub granted: Option<Vec<String>>,
    pub used: u64,
    pub last_used: Option<Millis>,
    pub refused: u64,
    pub last_refused: Option<Millis>,
}

/// A refusal, as often as it came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refused {
    pub right: String,
    pub reason: String,
    pub count: u64,
    pub first: Millis,
    pub last: Millis,
}

/// A line of an instance's log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogLine {
    /// Counts from one, from the instance's start on.
    pub number: u64,
    pub at: Millis,
    pub level: String,
    pub text: String,
}

/// A limit, and how near the instance came to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LimitUse {
    pub name: String,
    pub used: Option<String>,
    pub allowed: String,
    /// How often it was reached.
    pub reached: u64,
}
