//! Sources: whatever can be polled or asked.

use async_trait::async_trait;

use crate::Fault;
use crate::frame::{Frame, TimeRange};
use crate::sample::Batch;

/// One configured source.
#[async_trait]
pub trait Source: Send + Sync {
    /// Polls once. Samples without a time of their own get the time of the call.
    async fn collect(&self) -> Result<Batch, Fault>;

    /// Can it do its work? A sentence for the admin.
    async fn check(&self) -> Result<String, Fault>;

    /// One answer per query, in order.
    async fn query(&self, queries: &[String], range: TimeRange) -> Result<Vec<Result<Vec<Frame>, Fault>>, Fault>;
}
