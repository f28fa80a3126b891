//! Sources as the model knows them: an instance behind the port.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use vitrine_model::Fault;
use vitrine_model::frame::{Frame, TimeRange};
use vitrine_model::port::source::Source;
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
}
