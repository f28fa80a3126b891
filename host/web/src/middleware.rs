//! What holds for every request: which names are answered to, and what browsers may do with the answer.

use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderName, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use vitrine_access::{Action, Networks, Person, Standing, Thing, may};

use crate::router::PUSHES;
use crate::web::Web;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
     manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors ";
/// Where links are made by programs.
const SHARES: &str = "/api/v1/shares";
/// Where messages are answered: by the host's own seal, or by a far side's signature.
const ANSWERS: [&str; 2] = ["/reply/", "/api/v1/callbacks/"];
/// Pages that show and do nothing: the admin may allow them in frames.
const FRAMED: [&str; 2] = ["/embed/", "/s/"];

/// Refuses names that are not ours: a foreign page may have pointed one at this address.
pub(crate) async fn known_host(State(web): State<Arc<Web>>, request: Request, next: Next) -> Response {
    let named = host(request.headers()).or(request.uri().authority().map(|authority| authority.as_str()));
    match named {
        Some(name) if web.hosts.allows(name) => next.run(request).await,
        _ => (StatusCode::MISDIRECTED_REQUEST, "this host does not answer to that name: add it to `allowed_hosts`\n")
            .into_response(),
    }
}

/// May they? What they want, and of what, follows from method and address, so that no handler can forget to ask.
pub(crate) async fn allowed(State(web): State<Arc<Web>>, request: Request, next: Next) -> Response {
    let (action, thing) = wanted(request.method(), request.uri().path());
    let caller = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
    match may(&Person::anyone(), action, &thing, standing(&web.writers, request.headers(), caller, action)) {
        Ok(()) => next.run(request).await,
        Err(refusal) => (StatusCode::FORBIDDEN, format!("{refusal}\n")).into_response(),
    }
}

/// Keeps other sites' pages away from the API: even an answer that they may not read costs the work of finding it.
pub(crate) async fn own_site(request: Request, next: Next) -> Response {
    let is_foreign = request.headers().get("sec-fetch-site").is_some_and(|site| site == "cross-site");
    if is_foreign && request.uri().path().starts_with("/api/") {
        return (StatusCode::FORBIDDEN, "another site's page may not ask the API\n").into_response();
    }
    next.run(request).await
}

/// Where it comes from. What a proxy hands on to be asked or done comes from afar, though the proxy may be on this machine.
pub(crate) fn standing(writers: &Networks, headers: &HeaderMap, caller: Option<SocketAddr>, action: Action) -> Standing {
    const HANDED_ON: [&str; 4] = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];
    let is_handed_on = HANDED_ON.iter().any(|name| headers.contains_key(*name));
    match caller {
        Some(_) if is_handed_on && matches!(action, Action::Ask | Action::Act) => Standing::Remote,
        Some(address) => Standing::of(address.ip(), writers),
        None => Standing::Remote,
    }
}

/// What begins so is about alerts, and whoever posts there changes something.
const OF_ALERTS: [&str; 9] = [
    "/api/v2/",
    "/api/v1/acknowledgements",
    "/api/v1/assignments",
    "/api/v1/deliveries/",
    "/api/v1/oncall",
    "/silences",
    "/alerts/",
    "/deliveries/",
    "/oncall",
];

/// All routes show, but for those that bring samples, and those that speak to a source's own system.
fn wanted(method: &Method, path: &str) -> (Action, Thing) {
    if PUSHES.contains(&path) {
        return (Action::Push, thing(path));
    }
    if path == SHARES || path.starts_with("/share/") {
        return (Action::Share, thing(path));
    }
    let is_look = method == Method::GET || method == Method::HEAD;
    if ANSWERS.iter().any(|start| path.starts_with(start)) {
        return (if is_look { Action::View } else { Action::Answer }, Thing::Alerts);
    }
    if OF_ALERTS.iter().any(|start| path.starts_with(start)) {
        let action = match path {
            _ if is_look => Action::View,
            "/api/v2/alerts" => Action::Push,
            _ => Action::Act,
        };
        return (action, Thing::Alerts);
    }
    let Some(rest) = path.strip_prefix("/api/v1/sources/").or_else(|| path.strip_prefix("/sources/")) else {
        return (Action::View, thing(path));
    };
    let (name, verb) = rest.split_once('/').unwrap_or((rest, ""));
    let action = match verb {
        _ if is_look => Action::View,
        "query" => Action::Ask,
        _ => Action::Act,
    };
    (action, Thing::Source(name.to_owned()))
}

fn thing(path: &str) -> Thing {
    let mut parts = path.trim_start_matches('/').splitn(2, '/');
    match (parts.next().unwrap_or(""), parts.next().unwrap_or("")) {
        ("render", path) => Thing::Dashboard(path.rsplit_once('.').map_or(path, |(name, _)| name).to_owned()),
        ("d" | "live" | "embed" | "share", name) => Thing::Dashboard(name.trim_end_matches("/events").to_owned()),
        ("alerts" | "rules" | "deliveries", _) | ("api", "v1/alerts" | "v1/rules" | "v1/deliveries") => Thing::Alerts,
        ("sources", _) | ("api", "sources") => Thing::Sources,
        ("plugins", _) | ("api", "v1/plugins") => Thing::Plugins,
        ("api", rest) if rest.starts_with("v1/dashboards/") => {
            let name = rest.trim_start_matches("v1/dashboards/");
            Thing::Dashboard(name.rsplit_once("/panels/").map_or(name, |(name, _)| name).to_owned())
        }
        ("api", _) | ("explore", _) => Thing::Samples,
        _ => Thing::Host,
    }
}

/// What pages may do, and who may have them in a frame.
pub(crate) fn policy(ancestors: &str) -> HeaderValue {
    HeaderValue::from_str(&format!("{POLICY}{ancestors}"))
        .unwrap_or(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"))
}

static NOBODY: LazyLock<HeaderValue> = LazyLock::new(|| policy("'none'"));

pub(crate) async fn headers(State(web): State<Arc<Web>>, request: Request, next: Next) -> Response {
    let is_framed = FRAMED.iter().any(|start| request.uri().path().starts_with(start));
    let is_link = is_framed || request.uri().path().starts_with(ANSWERS[0]);
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    // Who has a link has nothing else of us: engines should not show it to others either.
    if is_link {
        headers.insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex, nofollow"));
    }
    headers.insert(CONTENT_SECURITY_POLICY, if is_framed { web.framed.clone() } else { NOBODY.clone() });
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin"));
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin"));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// The answer to a request whose handler panicked; the panic itself has been logged where it happened.
pub(crate) fn panicked(_: Box<dyn std::any::Any + Send + 'static>) -> Response {
    let page = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Vitrine</title><h1>This page broke</h1>\
         <p>The host goes on. Its log says what happened. <a href=\"/\">All dashboards</a></p></html>";
    (StatusCode::INTERNAL_SERVER_ERROR, Html(page)).into_response()
}

pub(crate) fn host(headers: &HeaderMap) -> Option<&str> {
    headers.get(HOST)?.to_str().ok()
}

/// Whether a browser's page of another site asks. Clients that are no browsers send no `Origin`.
pub(crate) fn is_foreign(headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get("origin") else { return false };
    let own = host(headers);
    let named = origin.to_str().ok().and_then(|text| text.split_once("://")).map(|(_, authority)| authority);
    named.is_none() || !named.zip(own).is_some_and(|(origin, own)| origin.eq_ignore_ascii_case(own))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
mod tests {
    use super::*;

    #[test]
    fn the_address_says_what_is_asked_for() {
        for (path, asked) in [
            ("/d/shop/orders", Thing::Dashboard("shop/orders".to_owned())),
            ("/live/shop/orders/events", Thing::Dashboard("shop/orders".to_owned())),
            ("/api/v1/dashboards/shop/orders/panels/p0.csv", Thing::Dashboard("shop/orders".to_owned())),
            ("/api/v1/alerts", Thing::Alerts),
            ("/api/v1/rules", Thing::Alerts),
            ("/api/v1/plugins", Thing::Plugins),
            ("/api/v1/query", Thing::Samples),
            ("/render/shop/orders.png", Thing::Dashboard("shop/orders".to_owned())),
            ("/embed/shop/orders", Thing::Dashboard("shop/orders".to_owned())),
            ("/sources", Thing::Sources),
            ("/", Thing::Host),
        ] {
            assert_eq!(wanted(&Method::GET, path), (Action::View, asked), "{path}");
        }
        for path in PUSHES {
            assert_eq!(wanted(&Method::POST, path), (Action::Push, Thing::Samples), "{path}");
        }
    }

    #[test]
    fn what_speaks_to_a_source_is_more_than_a_look() {
        let shop = || Thing::Source("shop".to_owned());
        for (method, path, action, thing) in [
            (Method::POST, "/api/v1/sources/shop/query", Action::Ask, shop()),
            (Method::POST, "/api/v1/sources/shop/actions/restart", Action::Act, shop()),
            (Method::POST, "/sources/shop/actions/restart", Action::Act, shop()),
            (Method::GET, "/sources/shop/actions/restart", Action::View, shop()),
            (Method::PUT, "/api/v1/sources/shop/query/more", Action::Act, shop()),
            (Method::GET, "/api/v1/sources/shop/actions", Action::View, shop()),
            (Method::GET, "/api/v1/sources/shop/logs", Action::View, shop()),
            (Method::POST, "/api/v1/query", Action::View, Thing::Samples),
            (Method::POST, "/share/shop/orders", Action::Share, Thing::Dashboard("shop/orders".to_owned())),
            (Method::POST, "/api/v1/shares", Action::Share, Thing::Samples),
        ] {
            assert_eq!(wanted(&method, path), (action, thing), "{method} {path}");
        }
    }

    #[test]
    fn who_brings_alerts_writes_and_who_silences_acts() {
        for (method, path, action) in [
            (Method::GET, "/api/v2/alerts", Action::View),
            (Method::POST, "/api/v2/alerts", Action::Push),
            (Method::GET, "/api/v2/silences", Action::View),
            (Method::POST, "/api/v2/silences", Action::Act),
            (Method::DELETE, "/api/v2/silence/x", Action::Act),
            (Method::POST, "/api/v1/acknowledgements", Action::Act),
            (Method::DELETE, "/api/v1/acknowledgements/x", Action::Act),
            (Method::POST, "/api/v1/deliveries/1/resend", Action::Act),
            (Method::GET, "/silences", Action::View),
            (Method::POST, "/silences", Action::Act),
            (Method::POST, "/silences/x/end", Action::Act),
            (Method::POST, "/alerts/x/acknowledge", Action::Act),
            (Method::POST, "/deliveries/1/resend", Action::Act),
            (Method::GET, "/reply/x", Action::View),
            (Method::POST, "/reply/x", Action::Answer),
            (Method::POST, "/api/v1/callbacks/twilio/x/status", Action::Answer),
        ] {
            assert_eq!(wanted(&method, path), (action, Thing::Alerts), "{method} {path}");
        }
    }

    #[test]
    fn what_a_proxy_hands_on_comes_from_afar() {
        let (mut headers, here) = (HeaderMap::new(), Some(SocketAddr::from(([127, 0, 0, 1], 1))));
        let nobody = Networks::default();
        assert_eq!(standing(&nobody, &headers, here, Action::Act), Standing::Local);
        headers.insert("x-forwarded-for", HeaderValue::from_static("203.0.113.7"));
        assert_eq!(standing(&nobody, &headers, here, Action::Act), Standing::Remote);
        assert_eq!(standing(&nobody, &HeaderMap::new(), None, Action::Act), Standing::Remote);
        // An agent's samples may come by a proxy of this machine.
        assert_eq!(standing(&nobody, &headers, here, Action::Push), Standing::Local);
    }

    #[test]
    fn only_the_same_site_is_not_foreign() {
        for (origin, foreign) in [
            (None, false),
            (Some("http://localhost:7878"), false),
            (Some("https://LOCALHOST:7878"), false),
            (Some("http://localhost:7879"), true),
            (Some("http://evil.example"), true),
            (Some("null"), true),
            (Some(""), true),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, HeaderValue::from_static("localhost:7878"));
            if let Some(text) = origin {
                headers.insert("origin", text.parse().unwrap());
            }
            assert_eq!(is_foreign(&headers), foreign, "{origin:?}");
        }
    }
}
