//! Having a source do something, by hand: a page that says what would be done and asks, and one that says how it ended.
//! With a script the same stands in a dialog.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Form;
use axum::extract::{ConnectInfo, Extension, Path, Query, State};
use axum::http::header::REFERER;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use vitrine_access::{Action, Person, Thing, may};

use crate::act::Offered;
use crate::api::envelope::ApiError;
use crate::middleware;
use crate::page::frame::Frame;
use crate::page::messages::filled;
use crate::page::reader::{Reader, own_part};
use crate::web::Web;

#[derive(Deserialize, Default)]
pub(crate) struct Given {
    /// JSON: what the action is given.
    #[serde(default)]
    with: String,
    /// The page to go back to.
    #[serde(default)]
    back: String,
}

#[derive(Serialize)]
struct Body {
    /// This page's own path.
    address: String,
    question: String,
    title: String,
    description: String,
    destructive: bool,
    /// What it is given, one by one; and all of it, as the form hands it on.
    arguments: Vec<(String, String)>,
    with: String,
    back: String,
    /// Why it cannot be done, or how it ended.
    refusal: Option<String>,
    answer: Option<String>,
}

type Caller = Option<Extension<ConnectInfo<SocketAddr>>>;

/// Asks.
pub(crate) async fn ask(
    State(web): State<Arc<Web>>,
    reader: Reader,
    Path((source, action)): Path<(String, String)>,
    Query(given): Query<Given>,
    caller: Caller,
    headers: HeaderMap,
) -> Response {
    let referer = headers.get(REFERER).and_then(|value| value.to_str().ok()).unwrap_or("");
    let given = Given { back: if given.back.is_empty() { own_part(referer) } else { given.back }, ..given };
    let (mut body, ready) = prepare(&web, reader, &source, &action, &given).await;
    let standing = middleware::standing(&web.writers, &headers, caller.as_ref().map(|one| one.0.0), Action::Act);
    let refused = may(&Person::anyone(), Action::Act, &Thing::Source(source), standing).err();
    let mut status = StatusCode::OK;
    if let Err(error) = ready {
        (status, body.refusal) = (error.status(), Some(error.reason().to_owned()));
    } else if let Some(refusal) = refused {
        body.refusal = Some(refusal.to_string());
    }
    shown(&web, reader, status, body).await
}

/// Does it. Who may was asked before this: by method and address, as for all routes.
pub(crate) async fn perform(
    State(web): State<Arc<Web>>,
    reader: Reader,
    Path((source, action)): Path<(String, String)>,
    caller: Caller,
    Form(given): Form<Given>,
) -> Response {
    let (mut body, ready) = prepare(&web, reader, &source, &action, &given).await;
    let from = caller.map(|Extension(ConnectInfo(address))| address.ip());
    let outcome = match ready {
        Ok((offered, arguments)) => offered.perform(arguments, from).await,
        Err(error) => Err(error),
    };
    let status = match outcome {
        Ok(answer) => {
            body.answer = Some(answer);
            StatusCode::OK
        }
        Err(error) => {
            body.refusal = Some(error.reason().to_owned());
            error.status()
        }
    };
    shown(&web, reader, status, body).await
}

/// What a page says of it, and whether it can be done.
async fn prepare(
    web: &Web,
    reader: Reader,
    source: &str,
    action: &str,
    given: &Given,
) -> (Body, Result<(Offered, Value), ApiError>) {
    let mut body = Body {
        address: format!("/sources/{}/actions/{}", super::address(source), super::address(action)),
        question: filled(reader.says().act_question, &[source]),
        title: action.to_owned(),
        description: String::new(),
        destructive: false,
        arguments: Vec::new(),
        with: String::new(),
        // Nothing of an address leads to another host.
        back: own_part(&format!("http://localhost{}", given.back)),
        refusal: None,
        answer: None,
    };
    let offered = match Offered::find(web, source, action).await {
        Ok(offered) => offered,
        Err(error) => return (body, Err(error)),
    };
    body.title.clone_from(&offered.action.title);
    body.description.clone_from(&offered.action.description);
    body.destructive = offered.action.destructive;
    let text = if given.with.is_empty() { "{}" } else { given.with.as_str() };
    let mut arguments: Value = match serde_json::from_str(text) {
        Ok(arguments) => arguments,
        Err(error) => return (body, Err(ApiError::bad_data(format!("`with` is not JSON: {error}")))),
    };
    offered.typed(&mut arguments);
    let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let pairs = arguments.as_object().into_iter().flatten();
    body.arguments = pairs.map(|(name, value)| (name.clone(), plain(value))).collect();
    body.with = arguments.to_string();
    let fits = offered.fits(&arguments);
    (body, fits.map(|()| (offered, arguments)))
}

async fn shown(web: &Web, reader: Reader, status: StatusCode, body: Body) -> Response {
    let frame = Frame::new(web, reader, "act", &body.title).await;
    (status, web.page("act.html", &frame, body)).into_response()
}
