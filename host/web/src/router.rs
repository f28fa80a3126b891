//! All routes in one table, and the server around them.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{delete, get, post};
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::timeout::TimeoutLayer;

use crate::web::Web;
use crate::{api, assets, callback, middleware, page};

const LONGEST_BODY: usize = 256 * 1024;
/// Until the answer begins: live streams may go on for as long as they like.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// How long open requests may take to end when the host stops.
const LAST_WORDS: Duration = Duration::from_secs(3);

/// Where samples are brought: `middleware` asks of these who may.
pub(crate) const PUSHES: [&str; 4] =
    ["/api/v1/write", "/api/v1/import/prometheus", "/api/v1/import/csv", "/api/v1/otlp/v1/metrics"];

/// They bound their bodies by themselves, and large ones take their time.
fn pushes() -> Router<Arc<Web>> {
    Router::new()
        .route("/api/v1/write", post(api::write::take))
        .route("/api/v1/import/prometheus", post(api::import::text))
        .route("/api/v1/import/csv", post(api::import::csv))
        .route("/api/v1/otlp/v1/metrics", post(api::otlp::take))
        .layer(DefaultBodyLimit::disable())
}

/// Alertmanager's API.
fn alertmanager() -> Router<Arc<Web>> {
    let bodies = DefaultBodyLimit::max(api::v2::alerts::BODY);
    Router::new()
        .route("/api/v2/status", get(api::v2::status))
        .route("/api/v2/receivers", get(api::v2::receivers))
        .route("/api/v2/alerts", get(api::v2::alerts::list).post(api::v2::alerts::take).layer(bodies))
        .route("/api/v2/alerts/groups", get(api::v2::alerts::groups))
        .route("/api/v2/silences", get(api::v2::silences::list).post(api::v2::silences::write))
        .route("/api/v2/silence/{id}", get(api::v2::silences::show).delete(api::v2::silences::expire))
}

pub fn router(web: Arc<Web>) -> Router {
    Router::new()
        .route("/", get(page::home::show))
        .route("/d/{*name}", get(page::dashboard::show))
        .route("/embed/{*name}", get(page::dashboard::embedded))
        .route("/share/{*name}", post(page::share::make))
        .route("/s/{token}", get(page::share::show))
        .route("/api/v1/shares", post(api::shares::make))
        .route("/render/{*path}", get(api::render::show))
        .route("/search", get(page::search::show))
        .route("/explore", get(page::explore::show))
        .route("/language", post(page::reader::choose))
        .route("/manifest.webmanifest", get(page::install::manifest))
        .route("/worker.js", get(page::install::worker))
        .route("/offline", get(page::install::offline))
        .route("/alerts", get(page::alerts::show))
        .route("/alerts/act", post(page::doing::many))
        .route("/alerts/newest", get(page::bell::show))
        .route("/alerts/{id}", get(page::alert::show))
        .route("/alerts/{id}/{act}", post(page::doing::one))
        .route("/rules", get(page::rules::show))
        .route("/deliveries", get(page::deliveries::show))
        .route("/deliveries/{id}/resend", post(page::doing::resend))
        .route("/reply/{token}", get(page::reply::ask).post(page::reply::perform))
        .route(
            "/api/v1/callbacks/twilio/{channel}/{what}",
            post(callback::twilio::take).layer(DefaultBodyLimit::max(callback::LONGEST_BODY)),
        )
        .route("/silences", get(page::silences::show).post(page::silences::write))
        .route("/silences/{id}/end", post(page::silences::end))
        .route("/oncall", get(page::oncall::show).post(page::oncall::put))
        .route("/oncall/{id}/end", post(page::oncall::end))
        .route("/alerts/{target}/assign", post(page::oncall::assign))
        .route("/sources", get(page::sources::show))
        .route("/sources/{name}/actions/{action}", get(page::act::ask).post(page::act::perform))
        .route("/plugins", get(page::plugins::show))
        .route("/live/{*name}", get(api::live::show))
        .route("/pulse", get(api::live::pulse))
        .route("/pulse/events", get(api::live::pulse_events))
        .route("/api/v1/query", get(api::query::instant).post(api::query::instant))
        .route("/api/v1/query_range", get(api::query::range).post(api::query::range))
        .route("/api/v1/query_exemplars", get(api::status::exemplars).post(api::status::exemplars))
        .route("/api/v1/format_query", get(api::syntax::format).post(api::syntax::format))
        .route("/api/v1/parse_query", get(api::syntax::parse).post(api::syntax::parse))
        .route("/api/v1/series", get(api::series::list).post(api::series::list))
        .route("/api/v1/labels", get(api::series::names).post(api::series::names))
        .route("/api/v1/label/{name}/values", get(api::series::values))
        .route("/api/v1/metadata", get(api::metadata::list))
        .route("/api/v1/status/buildinfo", get(api::status::build))
        .route("/api/v1/status/runtimeinfo", get(api::status::runtime))
        .route("/api/v1/status/config", get(api::status::config))
        .route("/api/v1/status/flags", get(api::status::flags))
        .route("/api/v1/status/tsdb", get(api::status::stored))
        .route("/api/v1/alerts", get(api::alerts::list))
        .route("/api/v1/rules", get(api::rules::list))
        .route("/api/sources", get(api::sources::list))
        .route("/api/v1/dashboards", get(api::dashboards::list))
        .route("/api/v1/dashboards/{*path}", get(api::panels::show))
        .route("/api/v1/sources/{name}/query", post(api::source::query))
        .route("/api/v1/sources/{name}/actions", get(api::source::actions))
        .route("/api/v1/sources/{name}/actions/{action}", post(api::source::act))
        .route("/api/v1/sources/{name}/logs", get(api::source::logs))
        .route("/api/v1/plugins", get(api::plugins::list))
        .route("/api/v1/acknowledgements", get(api::acknowledge::list).post(api::acknowledge::give))
        .route("/api/v1/acknowledgements/{target}", delete(api::acknowledge::withdraw))
        .route("/api/v1/heartbeats", get(api::alerts::heartbeats))
        .route("/api/v1/digests", get(api::alerts::digests))
        .route("/api/v1/deliveries", get(api::deliveries::list))
        .route("/api/v1/deliveries/{id}/resend", post(api::acknowledge::resend))
        .route("/api/v1/oncall", get(api::oncall::list))
        .route("/api/v1/oncall/overrides", get(api::oncall::overrides).post(api::oncall::put))
        .route("/api/v1/oncall/overrides/{id}", delete(api::oncall::end))
        .route("/api/v1/assignments", post(api::oncall::assign))
        .merge(alertmanager())
        .route("/healthz", get(api::health::alive))
        .route("/readyz", get(api::health::ready))
        .route("/-/healthy", get(api::health::alive))
        .route("/-/ready", get(api::health::ready))
        .route("/metrics", get(api::health::metrics))
        .merge(assets::router())
        .fallback(page::missing)
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, LONGEST_WAIT))
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .merge(pushes())
        .layer(from_fn_with_state(Arc::clone(&web), middleware::allowed))
        .layer(CsrfLayer::new())
        .layer(from_fn(middleware::own_site))
        .layer(from_fn_with_state(Arc::clone(&web), middleware::known_host))
        .layer(CatchPanicLayer::custom(middleware::panicked))
        .layer(from_fn_with_state(Arc::clone(&web), middleware::headers))
        .with_state(web)
}

/// Serves until `shutdown`; then ends live streams, lets open requests finish, and returns within three seconds.
pub async fn serve(
    listener: tokio::net::TcpListener,
    web: Arc<Web>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let service = router(Arc::clone(&web)).into_make_service_with_connect_info::<SocketAddr>();
    let closing = web.closing.clone();
    let stop = async move {
        shutdown.await;
        web.close();
    };
    let server = axum::serve(listener, service).with_graceful_shutdown(stop);
    tokio::select! {
        ended = server.into_future() => ended,
        () = async { closing.cancelled().await; tokio::time::sleep(LAST_WORDS).await } => Ok(()),
    }
}
