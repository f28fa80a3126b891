//! Links to give away: made by a form of the dashboard's page, and what they show.

use std::sync::Arc;

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use serde::Serialize;
use url::form_urlencoded;
use vitrine_access::Person;
use vitrine_model::Millis;

use crate::api::envelope::ApiError;
use crate::audit;
use crate::dashboard::scope::{Asked, Moment, Time};
use crate::middleware::host;
use crate::page::address;
use crate::page::dashboard;
use crate::page::finished::{Asking, Dress};
use crate::page::frame::Frame;
use crate::page::messages::filled;
use crate::page::reader::Reader;
use crate::share::{Refused, Share, lasting};
use crate::web::Web;

/// What is to be shared.
pub(crate) struct Wish<'a> {
    pub(crate) dashboard: &'a str,
    pub(crate) panel: Option<&'a str>,
    /// As the page's own address says it.
    pub(crate) query: &'a str,
    pub(crate) expires: &'a str,
    /// The link shows what is new when it is opened, and not this very time.
    pub(crate) follows: bool,
}

/// A link, and until when it holds.
pub(crate) struct Link {
    pub(crate) url: String,
    pub(crate) expires: Millis,
    pub(crate) title: String,
}

#[derive(Serialize)]
struct Body {
    sentence: String,
    url: String,
    back: String,
    title: String,
}

impl Web {
    pub(crate) async fn share(&self, wish: &Wish<'_>, headers: &HeaderMap) -> Result<Link, ApiError> {
        let lasts = lasting(wish.expires).map_err(ApiError::bad_data)?;
        let pairs: Vec<(String, String)> = form_urlencoded::parse(wish.query.as_bytes()).into_owned().collect();
        let asked = Asked::parse(&pairs).map_err(ApiError::bad_data)?;
        let missing = || ApiError::not_found(format!("there is no dashboard `{}`", wish.dashboard));
        let (_, layout) = self.layout(wish.dashboard, &asked).await.ok_or_else(missing)?;
        let now = self.clock.now();
        let mut title = layout.title.clone();
        if let Some(id) = wish.panel {
            let panel = layout.panels().find(|panel| panel.id == id);
            let missing = || ApiError::not_found(format!("the dashboard `{}` has no panel `{id}`", wish.dashboard));
            title = panel.ok_or_else(missing)?.title.clone();
        }
        let mut scope = layout.scope.clone();
        if !wish.follows {
            let (start, end) = (scope.time.from.at(now), scope.time.to.at(now));
            scope.time = Time { from: Moment::At(start), to: Moment::At(end) };
        }
        let mut scope_pairs = scope.pairs();
        scope_pairs.push(("tz".to_owned(), scope.zone.clone()));
        let share = Share {
            dashboard: wish.dashboard.to_owned(),
            panel: wish.panel.map(str::to_owned),
            scope: scope_pairs,
            expires: now + lasts.millis(),
        };
        let token = share.token(self.seal.as_ref()).map_err(ApiError::execution)?;
        audit::shared(&Person::anyone(), &share);
        Ok(Link { url: format!("{}/s/{token}", self.base(headers)), expires: share.expires, title })
    }

    /// What links begin with: what the admin says, or else where this request came to.
    fn base(&self, headers: &HeaderMap) -> String {
        let public = self.settings.public_url.as_deref().map(|url| url.trim_end_matches('/').to_owned());
        public.unwrap_or_else(|| format!("http://{}", host(headers).unwrap_or("localhost")))
    }
}

/// From the form on the page.
pub(crate) async fn make(
    State(web): State<Arc<Web>>,
    reader: Reader,
    Path(name): Path<String>,
    headers: HeaderMap,
    Form(form): Form<Vec<(String, String)>>,
) -> Result<Response, ApiError> {
    let field = |key: &str| form.iter().find(|(name, _)| name == key).map_or("", |(_, value)| value.as_str());
    let panel = Some(field("panel")).filter(|panel| !panel.is_empty());
    let wish =
        Wish { dashboard: &name, panel, query: field("query"), expires: field("expires"), follows: field("follow") == "on" };
    let link = web.share(&wish, &headers).await?;
    let says = reader.says();
    let frame = Frame::new(&web, reader, "share", says.share).await;
    let own = panel.map_or_else(|| format!("/d/{}", address(&name)), |panel| format!("/d/{}/{}", address(&name), address(panel)));
    let body = Body {
        sentence: filled(says.shared_until, &[&link.title, &web.when(reader, link.expires).exact]),
        url: link.url,
        back: format!("{own}?{}", wish.query),
        title: link.title,
    };
    Ok(web.page("share.html", &frame, body))
}

/// What a link shows: the panels, and nothing that leads elsewhere.
pub(crate) async fn show(
    State(web): State<Arc<Web>>,
    reader: Reader,
    Path(token): Path<String>,
    Query(looks): Query<Vec<(String, String)>>,
) -> Response {
    let says = reader.says();
    let now = web.clock.now();
    let share = match Share::open(&token, web.seal.as_ref(), now) {
        Ok(share) => share,
        Err(Refused::Expired) => {
            return web.bare_error_page(reader, StatusCode::GONE, says.link_expired, says.link_expired_hint).await;
        }
        Err(Refused::Unknown) => {
            return web.bare_error_page(reader, StatusCode::NOT_FOUND, says.link_unknown, says.link_unknown_hint).await;
        }
        Err(Refused::Unable(reason)) => {
            tracing::error!(error = reason, "a link's seal could not be looked at");
            return web.bare_error_page(reader, StatusCode::SERVICE_UNAVAILABLE, says.link_unknown, says.try_again).await;
        }
    };
    let name = match &share.panel {
        Some(panel) => format!("{}/{panel}", share.dashboard),
        None => share.dashboard,
    };
    // Tables are leafed through, and logs searched; what is shown stays what the link says.
    let looks = looks.into_iter().filter(|(key, _)| key.contains('.') && !key.starts_with("var-"));
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&share.scope).extend_pairs(looks).finish();
    let asking = Asking { name, query, language: reader.language, refusal: None, dress: Dress::Shared };
    let health = web.health().await;
    match dashboard::make(&web, reader, &asking, now, health).await {
        Ok((text, _)) => Html(text).into_response(),
        Err(_) => web.bare_error_page(reader, StatusCode::GONE, says.link_expired, says.link_gone_hint).await,
    }
}
