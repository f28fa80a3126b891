//! Whose fault a failure is.

use crate::Fault;

impl Fault {
    /// The sentence inside.
    pub fn reason(&self) -> &str {
        match self {
            Fault::Invalid(reason) | Fault::Upstream(reason) | Fault::Denied(reason) | Fault::Internal(reason) => reason,
        }
    }

    pub(crate) fn not_offered(what: &str) -> Fault {
        Fault::Invalid(["this plugin offers no ", what].concat())
    }
}
