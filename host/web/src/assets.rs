//! The bundled script and style, embedded. Their routes carry a hash, so that browsers keep them for good.

use std::sync::LazyLock;

use axum::Router;
use memory_serve::{CacheControl, Manifest, MemoryServe};

fn bundle() -> MemoryServe {
    memory_serve::load!().index_file(None).enable_hashed_routes(true).cache_control(CacheControl::NoCache)
}

static MANIFEST: LazyLock<Manifest> = LazyLock::new(|| bundle().manifest());

pub(crate) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().nest_service("/assets", bundle().into_router::<()>())
}

/// Where a bundled file is served, if it was bundled.
pub(crate) fn address(name: &str) -> Option<String> {
    MANIFEST.get(&format!("/{name}")).map(|route| format!("/assets{route}"))
}
