//! Pages for people: each handler gathers, shapes and fills a template.

pub(crate) mod alerts;
pub(crate) mod dashboard;
pub(crate) mod frame;
pub(crate) mod home;
pub(crate) mod plugins;
pub(crate) mod sources;
pub(crate) mod templates;

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{Html, IntoResponse, Response};
use minijinja::context;
use minijinja::value::Serde;
use serde::Serialize;

use crate::api::envelope::ApiError;
use crate::page::frame::Frame;
use crate::web::Web;

/// A moment, in words and exactly.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct When {
    pub(crate) relative: String,
    pub(crate) exact: String,
    pub(crate) machine: String,
}

impl Web {
    pub(crate) fn when(&self, moment: vitrine_model::Millis) -> When {
        When {
            relative: crate::words::relative(moment, self.clock.now()),
            exact: crate::words::exact(moment, &self.zone),
            machine: crate::words::machine(moment),
        }
    }

    /// Fills a template: `frame` is what all pages share, `body` what this one is about.
    pub(crate) fn page(&self, template: &str, frame: &Frame, body: impl Serialize) -> Response {
        match self.templates.render(template, context! { frame => Serde(frame), body => Serde(body) }) {
            Ok(text) => Html(text).into_response(),
            Err(error) => {
                tracing::error!(template, error = format!("{error:#}"), "a page could not be filled");
                (StatusCode::INTERNAL_SERVER_ERROR, "this page broke: the host's log says why\n").into_response()
            }
        }
    }

    pub(crate) async fn error_page(&self, status: StatusCode, title: &str, text: &str) -> Response {
        let frame = Frame::new(self, "error", title).await;
        let body = context! { status => status.as_u16(), text };
        (status, self.page("error.html", &frame, body)).into_response()
    }
}

/// A dashboard's name as part of an address.
pub(crate) fn address(name: &str) -> String {
    let encode = |part: &str| url::form_urlencoded::byte_serialize(part.as_bytes()).collect::<String>().replace('+', "%20");
    name.split('/').map(encode).collect::<Vec<_>>().join("/")
}

/// No route leads here.
pub(crate) async fn missing(State(web): State<Arc<Web>>, uri: Uri) -> Response {
    if uri.path().starts_with("/api/") {
        return ApiError::not_found("there is no such call: README.md names those that there are").into_response();
    }
    web.error_page(StatusCode::NOT_FOUND, "Nothing here", "There is no page at this address.").await
}
