//! What a guest wants sent, checked: a request that can go out as it is, before any secret is in it.

use http_body_util::Full;
use hyper::body::{Body, Bytes};
use hyper::header::{ACCEPT_ENCODING, AUTHORIZATION, COOKIE, HOST, HeaderMap, HeaderName, HeaderValue, IF_RANGE};
use hyper::header::{PROXY_AUTHORIZATION, RANGE, USER_AGENT};
use hyper::{Method, Request as HyperRequest};
use url::{Host, Position, Url};

use super::seal::{self, Asked, Use};
use super::{HEAD_BYTES, HEADERS};
use crate::bindings::imported::http::Error;
use crate::grant::http::{SOCKET_SCHEME, has_user, socket_of};

/// The longest URL that is sent.
const URL_BYTES: usize = 8 << 10;

/// The most secrets in one request.
const SECRETS: usize = 8;

const OWN_AGENT: HeaderValue = HeaderValue::from_static(concat!("Vitrine/", env!("CARGO_PKG_VERSION")));

/// One request of an exchange.
#[derive(Debug, Clone)]
pub(super) struct Outgoing {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// What frames the message is the host's to write.
pub(super) fn is_hosts_own(name: &str) -> bool {
    matches!(
        name,
        "host"
            | "content-length"
            | "transfer-encoding"
            | "connection"
            | "proxy-connection"
            | "keep-alive"
            | "upgrade"
            | "te"
            | "trailer"
    )
}

pub(super) fn prepare(Asked { request, seals }: Asked) -> Result<(Outgoing, Vec<Use>), Error> {
    let url = target(&request.url)?;
    let method = Method::from_bytes(request.method.as_bytes());
    let method = method.map_err(|_| Error::Invalid("the method is not an HTTP method".to_owned()))?;
    if method == Method::CONNECT {
        return Err(Error::Invalid("the method CONNECT is not for plugins".to_owned()));
    }
    if request.secrets.len() + seals.len() > SECRETS {
        return Err(Error::Invalid(format!("a request takes at most {SECRETS} secrets")));
    }
    let mut headers = headers(request.headers)?;
    if !(request.secrets.is_empty() && seals.is_empty()) {
        searchable(&mut headers)?;
    }
    headers.entry(USER_AGENT).or_insert(OWN_AGENT);
    Ok((Outgoing { method, url, headers, body: request.body.into() }, seal::uses(request.secrets, seals)))
}

fn target(text: &str) -> Result<Url, Error> {
    if text.len() > URL_BYTES {
        return Err(Error::TooLarge(format!("the URL is longer than {} KiB", URL_BYTES >> 10)));
    }
    // The text may hold what is nobody's business, so it is not repeated.
    let url = text.parse().map_err(|error| Error::Invalid(format!("the URL cannot be read: {error}")))?;
    plain(url)
}

/// A URL as it is judged and sent: no user name, no root's dot, no fragment.
fn plain(mut url: Url) -> Result<Url, Error> {
    if !matches!(url.scheme(), "http" | "https" | SOCKET_SCHEME) {
        return Err(Error::Invalid(format!("`{}:` is neither http nor https", url.scheme())));
    }
    if url.scheme() == SOCKET_SCHEME && socket_of(&url).is_none() {
        let remedy = "write its whole path, percent-encoded, as in `http+unix://%2Frun%2Fapp.sock/status`";
        return Err(Error::Invalid(format!("the URL names no socket: {remedy}")));
    }
    if has_user(&url) {
        let remedy = "use a secret with the placement `basic`";
        return Err(Error::Invalid(format!("the URL holds a user name or a password: {remedy}")));
    }
    if let Some(Host::Domain(name)) = url.host()
        && let Some(name) = name.strip_suffix('.').map(str::to_owned)
        && url.scheme() != SOCKET_SCHEME
    {
        url.set_host(Some(&name)).map_err(|error| Error::Invalid(format!("the URL names no host: {error}")))?;
    }
    url.set_fragment(None);
    Ok(url)
}

fn headers(given: Vec<crate::bindings::imported::http::Header>) -> Result<HeaderMap, Error> {
    let bytes: usize = given.iter().map(|header| header.name.len() + header.value.len()).sum();
    if given.len() > HEADERS || bytes > HEAD_BYTES {
        return Err(Error::TooLarge(format!("the request's head is larger than {} KiB or {HEADERS} fields", HEAD_BYTES >> 10)));
    }
    let mut headers = HeaderMap::new();
    for header in given {
        let name = HeaderName::from_bytes(header.name.as_bytes())
            .map_err(|_| Error::Invalid(format!("`{}` is not a header name", header.name)))?;
        if is_hosts_own(name.as_str()) {
            return Err(Error::Invalid(format!("the header `{name}` is written by the host")));
        }
        let value = HeaderValue::from_str(&header.value)
            .map_err(|_| Error::Invalid(format!("the value of the header `{name}` holds letters that a header cannot")))?;
        headers.append(name, value);
    }
    Ok(headers)
}

/// An answer that is compressed, or that comes in pieces of the guest's choosing, could carry a secret past the search.
fn searchable(headers: &mut HeaderMap) -> Result<(), Error> {
    for name in [RANGE, IF_RANGE] {
        if headers.contains_key(&name) {
            return Err(Error::Invalid(format!("a request with a secret cannot ask for a part: leave `{name}` out")));
        }
    }
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    Ok(())
}

impl Outgoing {
    pub(super) fn message(&self) -> Result<HyperRequest<Full<Bytes>>, Error> {
        let socket = socket_of(&self.url).is_some();
        let target = &self.url[Position::BeforePath..Position::AfterQuery];
        let host = if socket { "localhost" } else { &self.url[Position::BeforeHost..Position::AfterPort] };
        let target = if target.starts_with('/') { target.to_owned() } else { format!("/{target}") };
        let mut message = HyperRequest::builder()
            .method(self.method.clone())
            .uri(target)
            .body(Full::new(self.body.clone()))
            .map_err(|error| Error::Invalid(format!("the request cannot be built: {error}")))?;
        let host = HeaderValue::from_str(host).map_err(|_| Error::Invalid("the host's name is not a header value".to_owned()))?;
        *message.headers_mut() = self.headers.clone();
        message.headers_mut().insert(HOST, host);
        Ok(message)
    }

    /// As browsers do: 303 becomes GET, and so does a POST at 301 and 302; what is meant for one host stays with it.
    pub(super) fn follow(&mut self, target: Url, status: u16) -> Result<(), Error> {
        if status == 303 || (matches!(status, 301 | 302) && self.method == Method::POST) {
            self.method = Method::GET;
            self.body = Bytes::new();
        }
        let target = plain(target).map_err(|error| match error {
            Error::Invalid(reason) => Error::Protocol(format!("the server redirects to where nobody goes: {reason}")),
            other => other,
        })?;
        let same = target.origin() == self.url.origin() || socket_of(&target).is_some();
        if !same {
            for name in [AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION] {
                self.headers.remove(name);
            }
        }
        self.url = target;
        Ok(())
    }
}

/// How many bytes go out, near enough: the head's texts and the body.
pub(super) fn size(message: &HyperRequest<Full<Bytes>>) -> u64 {
    let fields: usize = message.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    let target = message.uri().path_and_query().map_or(1, |target| target.as_str().len());
    message.body().size_hint().lower() + (fields + target + message.method().as_str().len()) as u64
}
