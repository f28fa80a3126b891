//! Sources as the model knows them: an instance behind the port.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use vitrine_model::Fault;
use vitrine_model::frame::{Frame, TimeRange};
use vitrine_model::port::source::{Action, LogPage, Source};
use vitrine_model::sample::Batch;

use crate::convert;
use crate::convert::batch::Layout;
use crate::instance::{Instance, there};
use crate::limit::Call;

/// A configured source.
pub struct PluginSource {
    instance: Arc<Instance>,
    layout: Arc<Mutex<Layout>>,
}

impl PluginSource {
    pub fn new(instance: Arc<Instance>) -> PluginSource {
        PluginSource { instance, layout: Arc::default() }
    }

    pub fn instance(&self) -> &Arc<Instance> {
        &self.instance
    }
}

fn not_offered(instance: &Instance, what: &str) -> Fault {
    Fault::Invalid(format!("plugin `{}` does not offer {what}", instance.plugin.manifest.name))
}

#[async_trait]
impl Source for PluginSource {
    async fn collect(&self) -> Result<Batch, Fault> {
        if self.instance.plugin.exports.collector.is_none() {
            return Err(not_offered(&self.instance, "collection"));
        }
        let (now, instance) = (self.instance.runtime.services.clock.now(), Arc::clone(&self.instance));
        let layout = Arc::clone(&self.layout);
        self.instance
            .call(Call::Collect, move |guest| {
                Box::pin(async move {
                    let collector = there(guest.exports.collector.as_ref())?;
                    let answer = collector.call_collect(&mut guest.store).await?;
                    let mut layout = layout.lock().unwrap_or_else(PoisonError::into_inner);
                    Ok(answer.map_err(convert::fault).and_then(|batch| {
                        instance.may_bring(batch.ends.len())?;
                        convert::batch::batch(batch, now, &mut layout)
                    }))
                })
            })
            .await
    }

    async fn check(&self) -> Result<String, Fault> {
        self.instance.check().await?.ok_or_else(|| not_offered(&self.instance, "a check"))
    }

    async fn query(&self, queries: &[String], range: TimeRange) -> Result<Vec<Result<Vec<Frame>, Fault>>, Fault> {
        if self.instance.plugin.exports.queryable.is_none() {
            return Err(not_offered(&self.instance, "queries"));
        }
        convert::weight::fits(queries.iter().map(String::len).sum(), &self.instance.limits)?;
        let _turn = self.instance.question(Call::Query).await?;
        let queries = queries.to_vec();
        let wanted = queries.len();
        let answers: Vec<Result<Vec<Frame>, Fault>> = self
            .instance
            .call(Call::Query, move |guest| {
                Box::pin(async move {
                    let queryable = there(guest.exports.queryable.as_ref())?;
                    let answers = queryable.call_query(&mut guest.store, &queries, convert::range_out(range)).await?;
                    let frames = |answer: Result<Vec<_>, _>| {
                        answer.map_err(convert::fault).and_then(|frames| frames.into_iter().map(convert::frame_in).collect())
                    };
                    Ok(Ok(answers.into_iter().map(frames).collect()))
                })
            })
            .await?;
        if answers.len() == wanted {
            return Ok(answers);
        }
        Err(convert::wrong(format!("{} answers came to {wanted} queries", answers.len())))
    }

    async fn actions(&self) -> Result<Vec<Action>, Fault> {
        if self.instance.plugin.exports.actions.is_none() {
            return Err(not_offered(&self.instance, "actions"));
        }
        let _turn = self.instance.question(Call::Act).await?;
        self.instance
            .call(Call::Act, move |guest| {
                Box::pin(async move {
                    let actions = there(guest.exports.actions.as_ref())?;
                    Ok(convert::asked::actions(actions.call_offered(&mut guest.store).await?))
                })
            })
            .await
    }

    async fn act(&self, action: &str, arguments: &str, person: &str) -> Result<String, Fault> {
        if self.instance.plugin.exports.actions.is_none() {
            return Err(not_offered(&self.instance, "actions"));
        }
        convert::weight::fits(action.len() + arguments.len() + person.len(), &self.instance.limits)?;
        let _turn = self.instance.question(Call::Act).await?;
        let (action, arguments, person) = (action.to_owned(), arguments.to_owned(), person.to_owned());
        self.instance
            .call(Call::Act, move |guest| {
                Box::pin(async move {
                    let actions = there(guest.exports.actions.as_ref())?;
                    let answer = actions.call_run(&mut guest.store, &action, &arguments, &person).await?;
                    Ok(answer.map(convert::sentence).map_err(convert::fault))
                })
            })
            .await
    }

    async fn logs(&self, cursor: Option<&str>, limit: u32) -> Result<LogPage, Fault> {
        if self.instance.plugin.exports.logs.is_none() {
            return Err(not_offered(&self.instance, "logs"));
        }
        let _turn = self.instance.question(Call::Logs).await?;
        let cursor = cursor.map(str::to_owned);
        self.instance
            .call(Call::Logs, move |guest| {
                Box::pin(async move {
                    let logs = there(guest.exports.logs.as_ref())?;
                    let page = logs.call_read(&mut guest.store, cursor.as_deref(), limit).await?;
                    Ok(page.map_err(convert::fault).and_then(|page| convert::asked::page(page, limit)))
                })
            })
            .await
    }
}
