//! The host's mail relay, for the grant `mail`. The sender is the host's.

pub use crate::bindings::shared::vitrine::plugin::mail::{Attachment, Error, Message};
use crate::{Fault, host};

/// Sends one message; returns what the relay answered.
pub fn send(message: &Message) -> Result<String, Error> {
    host::mail::send(message)
}

impl From<Error> for Fault {
    fn from(error: Error) -> Fault {
        match error {
            Error::Denied(reason) => Fault::Denied(reason),
            Error::Invalid(reason) => Fault::Invalid(reason),
            Error::Refused(reason) | Error::Unavailable(reason) => Fault::Upstream(reason),
        }
    }
}
