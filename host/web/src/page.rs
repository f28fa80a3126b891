//! Pages for people: each handler gathers, shapes and fills a template.

pub(crate) mod act;
pub(crate) mod alert;
pub(crate) mod alerts;
pub(crate) mod bell;
pub(crate) mod dashboard;
pub(crate) mod deliveries;
pub(crate) mod doing;
pub(crate) mod explore;
pub(crate) mod finished;
pub(crate) mod fragment;
pub(crate) mod frame;
pub(crate) mod home;
pub(crate) mod install;
pub(crate) mod messages;
pub(crate) mod oncall;
pub(crate) mod plugins;
pub(crate) mod reader;
pub(crate) mod receipts;
pub(crate) mod reply;
pub(crate) mod rules;
pub(crate) mod search;
pub(crate) mod share;
pub(crate) mod silences;
pub(crate) mod sources;
pub(crate) mod templates;
pub(crate) mod time;

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{Html, IntoResponse, Response};
use minijinja::context;
use minijinja::value::Serde;
use serde::Serialize;

use crate::api::envelope::ApiError;
use crate::page::frame::Frame;
use crate::page::messages::Messages;
use crate::page::reader::Reader;
use crate::web::Web;

/// A moment, in words and exactly.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct When {
    pub(crate) relative: String,
    pub(crate) exact: String,
    pub(crate) machine: String,
}

impl Web {
    pub(crate) fn when(&self, reader: Reader, moment: vitrine_model::Millis) -> When {
        When {
            relative: crate::words::relative_for(moment, self.clock.now(), reader),
            exact: crate::words::exact_for(moment, &self.zone, reader),
            machine: crate::words::machine(moment),
        }
    }

    /// Fills a template: `frame` is what all pages share, `body` what this one is about.
    pub(crate) fn page(&self, template: &str, frame: &Frame, body: impl Serialize) -> Response {
        match self.text(template, frame, body) {
            Some(text) => Html(text).into_response(),
            None => broken(),
        }
    }

    /// As [`Web::page`], for whoever keeps the text; none where the template broke.
    pub(crate) fn text(&self, template: &str, frame: &Frame, body: impl Serialize) -> Option<String> {
        match self.templates.render(template, context! { frame => Serde(frame), body => Serde(body), says => Messages::value(frame.language), says_tag => frame.language.tag() }) {
            Ok(text) => Some(text),
            Err(error) => {
                tracing::error!(template, error = format!("{error:#}"), "a page could not be filled");
                None
            }
        }
    }

    /// As [`Web::error_page`], for those who have nothing but a link.
    pub(crate) async fn bare_error_page(&self, reader: Reader, status: StatusCode, title: &str, text: &str) -> Response {
        let frame = Frame::new(self, reader, "error", title).await.bared();
        let body = context! { status => status.as_u16(), text };
        (status, self.page("error.html", &frame, body)).into_response()
    }

    pub(crate) async fn error_page(&self, reader: Reader, status: StatusCode, title: &str, text: &str) -> Response {
        let frame = Frame::new(self, reader, "error", title).await;
        let body = context! { status => status.as_u16(), text };
        (status, self.page("error.html", &frame, body)).into_response()
    }
}

pub(crate) fn broken() -> Response {
    (StatusCode::INTERNAL_SERVER_ERROR, "this page broke: the host's log says why\n").into_response()
}

/// A dashboard's name as part of an address.
pub(crate) fn address(name: &str) -> String {
    let encode = |part: &str| url::form_urlencoded::byte_serialize(part.as_bytes()).collect::<String>().replace('+', "%20");
    name.split('/').map(encode).collect::<Vec<_>>().join("/")
}

/// No route leads here.
pub(crate) async fn missing(State(web): State<Arc<Web>>, reader: Reader, uri: Uri) -> Response {
    if uri.path().starts_with("/api/") {
        return ApiError::not_found("there is no such call: README.md names those that there are").into_response();
    }
    let says = reader.says();
    web.error_page(reader, StatusCode::NOT_FOUND, says.nothing_here, says.no_page).await
}
