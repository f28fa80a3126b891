//! Where the far sides of channels report: what became of a message, and what somebody answered. Nobody signs in here: each
//! report bears the far side's signature, made with a secret that only it and the host know.

mod spoken;
pub(crate) mod twilio;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

/// A report is a handful of fields.
pub(crate) const LONGEST_BODY: usize = 16 << 10;
/// Answers of people that are known again, should they be reported twice.
const REMEMBERED: usize = 1_000;

/// The channel of a name, as it runs now.
pub type Channels = Arc<dyn Fn(&str) -> Option<Door> + Send + Sync>;

/// What a door needs to know of its channel.
pub struct Door {
    /// Its plugin's name.
    pub plugin: String,
    /// The admin's `with:`.
    pub config: serde_json::Value,
    pub signed: Arc<dyn Signed>,
}

/// Knows a channel's secrets, and tells none.
#[async_trait]
pub trait Signed: Send + Sync {
    /// Whether this is the HMAC-SHA1 of the text, by the secret that the plugin calls so. Takes the same time whichever byte
    /// differs.
    async fn holds(&self, secret: &str, text: &[u8], mac: &[u8]) -> Result<bool, String>;
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    what: &'static str,
    outcome: &'static str,
}

/// What became of reports.
#[derive(Default)]
pub(crate) struct Callbacks {
    counts: Family<Labels, Counter>,
    /// The far side's names for people's answers, with ours to them.
    answered: Mutex<VecDeque<(String, String)>>,
}

impl Callbacks {
    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register("callbacks", "Reports of channels' far sides, by what became of them", self.counts.clone());
    }

    fn count(&self, what: &'static str, outcome: &'static str) {
        self.counts.get_or_create(&Labels { what, outcome }).inc();
    }

    fn answered(&self, id: &str) -> Option<String> {
        let answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        answered.iter().find(|(known, _)| known == id).map(|(_, answer)| answer.clone())
    }

    fn remember(&self, id: &str, answer: &str) {
        let mut answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        answered.push_back((id.to_owned(), answer.to_owned()));
        if answered.len() > REMEMBERED {
            answered.pop_front();
        }
    }
}
