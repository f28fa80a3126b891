//! What it means that a call did not end in order: which limit was reached, or what the guest did wrong.

use vitrine_model::Fault;
use wasmtime::{PoolConcurrencyLimitError, Trap};

use super::Instance;
use crate::context::Context;
use crate::convert;
use crate::limit::{Limit, Limits, Refused};

/// The fault, and the limit behind it if there is one.
pub(super) struct Verdict {
    pub(super) fault: Fault,
    pub(super) limit: Option<Limit>,
}

impl Verdict {
    pub(super) fn limit(limits: &Limits, limit: Limit, doing: &str) -> Verdict {
        Verdict { fault: Fault::Internal(limits.reached(limit, doing)), limit: Some(limit) }
    }

    /// All guests together have too little room: nobody's fault, and worth another try.
    pub(super) fn no_room(what: &str) -> Verdict {
        let reason = format!("all guests together have no more room ({what}); raise `plugins.total_memory_mib`");
        Verdict { fault: Fault::Busy(reason), limit: None }
    }

    fn no_place(error: &PoolConcurrencyLimitError) -> Verdict {
        let reason = format!("all guests together have no more room ({error}); raise `plugins.max_guests`");
        Verdict { fault: Fault::Busy(reason), limit: None }
    }

    pub(super) fn is_busy(&self) -> bool {
        matches!(self.fault, Fault::Busy(_))
    }
}

impl Instance {
    /// What a trap means.
    pub(super) fn verdict(&self, doing: &str, context: &Context, error: &wasmtime::Error) -> Verdict {
        let limit = |limit| Verdict::limit(&self.limits, limit, doing);
        if context.out_of_cpu {
            return limit(Limit::Cpu);
        }
        if let Some(error) = error.downcast_ref::<PoolConcurrencyLimitError>() {
            return Verdict::no_place(error);
        }
        if error.downcast_ref::<Trap>() == Some(&Trap::StackOverflow) {
            return limit(Limit::Stack);
        }
        if let Some(reached) = by_text(&format!("{error:#}")) {
            return limit(reached);
        }
        match context.meter.refused {
            Some(Refused::Budget) => return Verdict::no_room(&format!("`{doing}` wanted more memory")),
            Some(Refused::Memory) => return limit(Limit::Memory),
            Some(Refused::Table) => return limit(Limit::Table),
            None => {}
        }
        let last_words = context.last_words().map(|words| format!("; its last words: {words}")).unwrap_or_default();
        let cause = convert::sentence(error.root_cause().to_string());
        Verdict { fault: Fault::Internal(format!("`{doing}` trapped: {cause}{last_words}")), limit: None }
    }
}

/// Limits that wasmtime keeps for us and whose errors have no public type; a test reaches each of them.
fn by_text(error: &str) -> Option<Limit> {
    let told = [
        ("fuel allocated for hostcalls", Limit::Crossing),
        ("store handle limit exceeded", Limit::Handles),
        ("resource table has no free keys", Limit::Handles),
    ];
    told.iter().find(|(text, _)| error.contains(text)).map(|(_, limit)| *limit)
}
