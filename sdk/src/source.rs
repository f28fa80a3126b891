//! Data sources: configured, then polled, asked, acted on or read.

use serde::de::DeserializeOwned;

pub use crate::bindings::source::exports::vitrine::plugin::actions::Action;
pub use crate::bindings::source::exports::vitrine::plugin::collector::{Batch, Family, MetricKind};
pub use crate::bindings::source::exports::vitrine::plugin::logs::Page;
use crate::{Fault, Frame, Samples, TimeRange};

/// A source. What it does not implement answers "not offered"; `offers` in `plugin.toml` says what it does.
pub trait Source: Sized + 'static {
    /// The admin's `with:`; [`NoConfig`](crate::NoConfig) where there is nothing to set.
    type Config: DeserializeOwned;

    /// Called once per store, before anything else.
    fn new(config: Self::Config) -> Result<Self, Fault>;

    /// Can it do its work? Answers one sentence for the admin.
    fn check(&mut self) -> Result<String, Fault> {
        Ok("configured".to_owned())
    }

    /// One scheduled poll.
    fn collect(&mut self) -> Result<Samples, Fault> {
        Err(Fault::not_offered("collector"))
    }

    /// Answers a query in the source's own language.
    fn query(&mut self, query: &str, range: TimeRange) -> Result<Vec<Frame>, Fault> {
        let _ = (query, range);
        Err(Fault::not_offered("queries"))
    }

    /// What can be done to the system watched.
    fn actions(&mut self) -> Vec<Action> {
        Vec::new()
    }

    /// Does one of them; `arguments` is JSON that fits the action's schema, `person` is who asked.
    fn run(&mut self, name: &str, arguments: &str, person: &str) -> Result<String, Fault> {
        let _ = (name, arguments, person);
        Err(Fault::not_offered("actions"))
    }

    /// The lines after the cursor, at most `limit` of them.
    fn logs(&mut self, cursor: Option<&str>, limit: u32) -> Result<Page, Fault> {
        let _ = (cursor, limit);
        Err(Fault::not_offered("logs"))
    }
}

/// Configures a source as the host does: from the JSON of the admin's `with:`.
pub fn configure<T: Source>(config: &str) -> Result<T, Fault> {
    T::new(crate::config::parse(config)?)
}

#[cfg(target_arch = "wasm32")]
mod guest {
    use std::marker::PhantomData;

    use super::{Action, Batch, Page, Source};
    use crate::bindings::lifecycle::exports::vitrine::plugin::lifecycle;
    use crate::bindings::source::exports::vitrine::plugin::{actions, collector, logs, queryable};
    use crate::{Fault, Frame, TimeRange, instance};

    /// Answers the host's calls with a source.
    #[derive(Debug)]
    pub struct Export<T>(PhantomData<T>);

    impl<T: Source> lifecycle::Guest for Export<T> {
        fn configure(config: String) -> Result<(), Fault> {
            crate::panic::install();
            instance::set(super::configure::<T>(&config)?);
            Ok(())
        }

        fn check() -> Result<String, Fault> {
            instance::with(T::check)
        }
    }

    impl<T: Source> collector::Guest for Export<T> {
        fn collect() -> Result<Batch, Fault> {
            instance::with(T::collect).map(Batch::from)
        }
    }

    impl<T: Source> queryable::Guest for Export<T> {
        fn query(queries: Vec<String>, range: TimeRange) -> Vec<Result<Vec<Frame>, Fault>> {
            queries.iter().map(|query| instance::with(|source: &mut T| source.query(query, range))).collect()
        }
    }

    impl<T: Source> actions::Guest for Export<T> {
        fn offered() -> Vec<Action> {
            instance::with(|source: &mut T| Ok(source.actions())).unwrap_or_default()
        }

        fn run(name: String, arguments: String, person: String) -> Result<String, Fault> {
            instance::with(|source: &mut T| source.run(&name, &arguments, &person))
        }
    }

    impl<T: Source> logs::Guest for Export<T> {
        fn read(cursor: Option<String>, limit: u32) -> Result<Page, Fault> {
            instance::with(|source: &mut T| source.logs(cursor.as_deref(), limit))
        }
    }
}

#[cfg(target_arch = "wasm32")]
#[doc(hidden)]
pub use guest::Export;
