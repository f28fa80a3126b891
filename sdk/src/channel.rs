//! Alert channels: they tell people.

pub mod answer;
pub mod story;
pub mod thread;

use serde::de::DeserializeOwned;

use crate::Fault;
pub use crate::bindings::channel::exports::vitrine::plugin::delivery::{Alert, Failure, Later, Notification, Receipt, Status};

/// A channel.
pub trait Channel: Sized + 'static {
    /// The admin's `with:`.
    type Config: DeserializeOwned;

    /// Called once per store, before anything else.
    fn new(config: Self::Config) -> Result<Self, Fault>;

    /// Can it do its work? Answers one sentence for the admin.
    fn check(&mut self) -> Result<String, Fault> {
        Ok("configured".to_owned())
    }

    /// Tells. `key` is the same for every try of one delivery.
    ///
    /// A [`Fault`] becomes a failure by `?`: `Invalid` is permanent, everything else is tried again.
    fn deliver(&mut self, notification: &Notification, key: &str) -> Result<Receipt, Failure>;
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Failure {
        match fault {
            Fault::Invalid(_) => Failure::Permanent(fault),
            Fault::Upstream(_) | Fault::Denied(_) | Fault::Internal(_) => Failure::Retry(fault),
        }
    }
}

impl Failure {
    pub fn fault(&self) -> &Fault {
        match self {
            Failure::Permanent(fault) | Failure::Retry(fault) => fault,
            Failure::RetryAfter(later) => &later.fault,
        }
    }
}

impl Alert {
    /// The value of a label, or nothing.
    pub fn label(&self, name: &str) -> Option<&str> {
        self.labels.iter().find(|label| label.name == name).map(|label| label.value.as_str())
    }

    /// An annotation's text, or nothing.
    pub fn annotation(&self, name: &str) -> Option<&str> {
        self.annotations.iter().find(|label| label.name == name).map(|label| label.value.as_str())
    }
}

/// Configures a channel as the host does: from the JSON of the admin's `with:`.
pub fn configure<T: Channel>(config: &str) -> Result<T, Fault> {
    T::new(crate::config::parse(config)?)
}

#[cfg(target_arch = "wasm32")]
mod guest {
    use std::marker::PhantomData;

    use super::{Channel, Failure, Notification, Receipt};
    use crate::bindings::channel::exports::vitrine::plugin::delivery;
    use crate::bindings::lifecycle::exports::vitrine::plugin::lifecycle;
    use crate::{Fault, instance};

    /// Answers the host's calls with a channel.
    #[derive(Debug)]
    pub struct Export<T>(PhantomData<T>);

    impl<T: Channel> lifecycle::Guest for Export<T> {
        fn configure(config: String) -> Result<(), Fault> {
            crate::panic::install();
            instance::set(super::configure::<T>(&config)?);
            Ok(())
        }

        fn check() -> Result<String, Fault> {
            instance::with(T::check)
        }
    }

    impl<T: Channel> delivery::Guest for Export<T> {
        fn deliver(notification: Notification, key: String) -> Result<Receipt, Failure> {
            instance::with(|channel: &mut T| Ok(channel.deliver(&notification, &key))).map_err(Failure::Retry).flatten()
        }
    }
}

#[cfg(target_arch = "wasm32")]
#[doc(hidden)]
pub use guest::Export;
