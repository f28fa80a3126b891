//! Expressions as text and as trees: for editors that put them in order, or explain them.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use crate::api::answer::{self, Notes};
use crate::api::envelope::{ApiError, success};
use crate::api::parameters::Parameters;
use crate::web::Web;

/// The expression in its one form, over several lines where it is long.
pub(crate) async fn format(State(web): State<Arc<Web>>, asked: Parameters) -> Result<Response, ApiError> {
    let text = web.asker.work(move |_, _| asked.query().map(|expr| expr.pretty())).await??;
    Ok(answer::text(text, &Notes::default()))
}

/// The expression as a tree.
pub(crate) async fn parse(State(web): State<Arc<Web>>, asked: Parameters) -> Result<Response, ApiError> {
    Ok(success(web.asker.work(move |_, _| asked.query().map(|expr| expr.tree())).await??))
}
