//! `wasi:http` for guests of other languages: its requests leave through the same [`Egress`](super::Egress), under the
//! same grants and bounds. It knows no secrets, and follows no redirect by itself.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context as Waker, Poll};
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Body, Bytes, Frame, SizeHint};
use hyper::header::{HeaderName, HeaderValue, TRANSFER_ENCODING};
use tokio::sync::OwnedSemaphorePermit;
use wasmtime::component::Linker;
use wasmtime_wasi_http::{
    Error as WasiError, RequestOptions, WasiBody, WasiHttp, WasiHttpCtx, WasiHttpCtxView, WasiHttpHooks, WasiHttpView, p2,
};

use super::request::is_hosts_own;
use super::{Answered, HEAD_BYTES, Line, Refused, Stop, answer};
use crate::bindings::imported::http::{Error, Header, Request, Response};
use crate::capability::Services;
use crate::context::Context;
use crate::grant::Grants;
use crate::ledger::Ledger;

/// The most that a request's body may hold: the host keeps it until it is sent.
const BODY_BYTES: usize = 4 << 20;

/// What one write of a body may hold.
const CHUNK_BYTES: usize = 64 << 10;

/// Refusals that wait to be told, until the guest looks at an answer.
const REFUSALS: usize = 16;

type Sent = Result<(hyper::Response<WasiBody>, Box<dyn Future<Output = Result<(), WasiError>> + Send>), WasiError>;

/// A guest's `wasi:http`.
pub(crate) struct Wasi {
    context: WasiHttpCtx,
    hooks: Hooks,
}

/// What a request needs to know of its guest, while the guest is busy with something else.
struct Hooks {
    services: Arc<Services>,
    grants: Arc<Grants>,
    ledger: Arc<Ledger>,
    line: Arc<Line>,
    deadline: Instant,
    refusals: Arc<Mutex<VecDeque<String>>>,
}

/// For guests that may import everything.
pub(crate) fn link(linker: &mut Linker<Context>) -> wasmtime::Result<()> {
    let options = p2::bindings::LinkOptions::default();
    p2::bindings::http::outgoing_handler::add_to_linker::<_, WasiHttp>(linker, Context::http)?;
    p2::bindings::http::types::add_to_linker::<_, WasiHttp>(linker, &(&options).into(), Context::http)
}

impl WasiHttpView for Context {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        let line = self.line();
        let deadline = Instant::now() + self.time_left();
        let mut wasi = self.wasi_http.take().unwrap_or_else(|| Wasi::new(self, line));
        wasi.hooks.deadline = deadline;
        let refusals = std::mem::take(&mut *wasi.hooks.refusals.lock().unwrap_or_else(PoisonError::into_inner));
        for reason in refusals {
            self.refuse("http", &reason);
        }
        let wasi = self.wasi_http.insert(wasi);
        WasiHttpCtxView { hooks: &mut wasi.hooks, table: &mut self.table, ctx: &mut wasi.context }
    }
}

impl Wasi {
    fn new(guest: &Context, line: Arc<Line>) -> Box<Wasi> {
        let mut context = WasiHttpCtx::new();
        context.set_field_size_limit(HEAD_BYTES);
        let hooks = Hooks {
            services: Arc::clone(&guest.services),
            grants: Arc::clone(&guest.grants),
            ledger: Arc::clone(&guest.ledger),
            line,
            deadline: guest.deadline,
            refusals: Arc::default(),
        };
        Box::new(Wasi { context, hooks })
    }
}

impl WasiHttpHooks for Hooks {
    /// The host writes it, from the URL.
    fn set_host_header(&mut self) -> bool {
        false
    }

    fn p2_outgoing_body_chunk_size(&mut self) -> usize {
        CHUNK_BYTES
    }

    fn send_request(
        &mut self,
        request: hyper::Request<WasiBody>,
        options: Option<RequestOptions>,
        _done: Box<dyn Future<Output = Result<(), WasiError>> + Send>,
    ) -> Box<dyn Future<Output = Sent> + Send> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        let wait = options.and_then(patience).map_or(left, |wanted| wanted.min(left));
        let (services, grants, line) = (Arc::clone(&self.services), Arc::clone(&self.grants), Arc::clone(&self.line));
        let (ledger, refusals) = (Arc::clone(&self.ledger), Arc::clone(&self.refusals));
        Box::new(async move {
            let sent = async {
                let request = gathered(request).await?;
                services.http.send(&line, &grants, request, wait).await
            };
            let outcome = tokio::time::timeout(wait, sent).await;
            let outcome = outcome.unwrap_or_else(|_| Err(Error::Timeout("no complete request in time".to_owned()).into()));
            match outcome.as_ref().map_err(|stop| &stop.error) {
                Err(Error::Denied(reason)) => {
                    let mut refusals = refusals.lock().unwrap_or_else(PoisonError::into_inner);
                    refusals.truncate(REFUSALS - 1);
                    refusals.push_back(reason.clone());
                }
                Err(Error::Invalid(_)) => {}
                _ => ledger.used("http", services.clock.now()),
            }
            Ok((handed_over(outcome.map_err(sorted)?)?, Box::new(async { Ok(()) }) as Box<_>))
        })
    }
}

/// How long a guest wants to wait for the beginning of an answer; none where it does not say.
fn patience(options: RequestOptions) -> Option<Duration> {
    let RequestOptions { connect_timeout, first_byte_timeout, .. } = options;
    Some(connect_timeout? + first_byte_timeout?)
}

/// The request in our words, its body whole.
async fn gathered(request: hyper::Request<WasiBody>) -> Result<Request, Stop> {
    let (head, body) = request.into_parts();
    let mut headers = Vec::with_capacity(head.headers.len());
    for (name, value) in head.headers.iter().filter(|(name, _)| !is_hosts_own(name.as_str())) {
        let value = std::str::from_utf8(value.as_bytes())
            .map_err(|_| Error::Invalid(format!("the value of the header `{name}` is no text")))?;
        headers.push(Header { name: name.to_string(), value: value.to_owned() });
    }
    let body = Limited::new(body, BODY_BYTES).collect().await;
    let body = body.map_err(|_| Error::Invalid(format!("the body breaks off, or is larger than {} MiB", BODY_BYTES >> 20)))?;
    Ok(Request {
        method: head.method.to_string(),
        url: head.uri.to_string(),
        headers,
        body: body.to_bytes().into(),
        secrets: Vec::new(),
        timeout: None,
        redirects: 0,
    })
}

/// The answer in WASI's words. It holds its slot until the guest lets it go, so that few wait to be read.
fn handed_over((response, slot): Answered) -> Result<hyper::Response<WasiBody>, WasiError> {
    let Response { status, headers, body, .. } = response;
    let body = Held { body: Full::new(Bytes::from(body)), _slot: slot };
    let mut response = hyper::Response::new(body.boxed_unsync());
    *response.status_mut() = hyper::StatusCode::from_u16(status).map_err(|_| WasiError::HttpProtocolError)?;
    for Header { name, value } in headers {
        // The body is whole by now.
        let known = HeaderName::try_from(name).ok().filter(|name| name != TRANSFER_ENCODING);
        if let (Some(name), Ok(value)) = (known, HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    Ok(response)
}

fn sorted(stop: Stop) -> WasiError {
    match (stop.error, stop.refused) {
        (Error::Denied(_), Some(Refused::Address)) => WasiError::DestinationIpProhibited,
        (Error::Denied(_), _) => WasiError::HttpRequestDenied,
        (Error::Invalid(reason), _) => WasiError::InternalError(Some(reason)),
        (Error::Resolve(reason), _) => WasiError::DnsError { rcode: Some(reason), info_code: None },
        (Error::Connect(_), _) => WasiError::ConnectionRefused,
        (Error::Tls(_), _) => WasiError::TlsCertificateError,
        (Error::Timeout(_), _) => WasiError::HttpResponseTimeout,
        (Error::TooLarge(_), _) => WasiError::HttpResponseBodySize(Some(answer::BODY_BYTES as u64)),
        (Error::Protocol(_), _) => WasiError::HttpProtocolError,
    }
}

/// A body that is there, and the slot of the request that got it.
struct Held {
    body: Full<Bytes>,
    _slot: OwnedSemaphorePermit,
}

impl Body for Held {
    type Data = Bytes;
    type Error = WasiError;

    fn poll_frame(mut self: Pin<&mut Self>, waker: &mut Waker<'_>) -> Poll<Option<Result<Frame<Bytes>, WasiError>>> {
        Pin::new(&mut self.body).poll_frame(waker).map_err(|never| match never {})
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
