//! One file from the web, for the person who runs this host. Guests go through `capability/http` and its grants; what an
//! admin types is granted by that, and is bounded all the same.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::header::{HOST, LOCATION, USER_AGENT};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::{Position, Url};

const REDIRECTS: usize = 5;
const CONNECT_WAIT: Duration = Duration::from_secs(10);

/// Bounds of one fetch.
#[derive(Debug, Clone, Copy)]
pub struct Bounds<'a> {
    pub bytes: usize,
    pub time: Duration,
    /// PEM file with authorities to trust besides the system's.
    pub ca_file: Option<&'a Path>,
}

/// The body of what a URL leads to. The error says what went wrong where.
pub async fn fetch(url: &str, bounds: Bounds<'_>) -> Result<Vec<u8>, String> {
    let url: Url = url.parse().map_err(|error| format!("`{url}` is not a URL: {error}"))?;
    let seconds = bounds.time.as_secs();
    let work = follow(url.clone(), bounds);
    tokio::time::timeout(bounds.time, work).await.map_err(|_| format!("{url} gave no complete answer within {seconds} s"))?
}

async fn follow(mut url: Url, bounds: Bounds<'_>) -> Result<Vec<u8>, String> {
    for _ in 0..=REDIRECTS {
        let answer = get(&url, bounds).await?;
        let status = answer.status();
        if status.is_redirection() {
            let target = answer.headers().get(LOCATION).and_then(|target| target.to_str().ok());
            let target = target.and_then(|target| url.join(target).ok());
            let target = target.ok_or_else(|| format!("{url} answers {status} and does not say where to go"))?;
            if url.scheme() == "https" && target.scheme() != "https" {
                return Err(format!("{url} leads to {target}, which is not encrypted"));
            }
            url = target;
            continue;
        }
        if !status.is_success() {
            return Err(format!("{url} answers {status}"));
        }
        return body(&url, answer.into_body(), bounds.bytes).await;
    }
    Err(format!("{url} leads on and on: more than {REDIRECTS} redirects"))
}

async fn get(url: &Url, bounds: Bounds<'_>) -> Result<Response<Incoming>, String> {
    let host = url.host_str().ok_or_else(|| format!("{url} names no host"))?;
    let port = url.port_or_known_default().ok_or_else(|| format!("`{}:` is neither http nor https", url.scheme()))?;
    let name = host.trim_start_matches('[').trim_end_matches(']');
    let stream = tokio::time::timeout(CONNECT_WAIT, TcpStream::connect((name, port))).await;
    let stream = stream.map_err(|_| format!("no connection to {host} within {} s", CONNECT_WAIT.as_secs()))?;
    let stream = stream.map_err(|error| format!("cannot connect to {host}: {error}"))?;
    match url.scheme() {
        "http" => send(url, stream).await,
        "https" => {
            let server = ServerName::try_from(name.to_owned()).map_err(|_| format!("`{host}` is no name for TLS"))?;
            let stream = connector(bounds.ca_file)?.connect(server, stream).await;
            send(url, stream.map_err(|error| format!("{host} cannot be trusted: {error}"))?).await
        }
        other => Err(format!("`{other}:` is neither http nor https")),
    }
}

async fn send<S>(url: &Url, stream: S) -> Result<Response<Incoming>, String>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let failed = |error: &dyn std::fmt::Display| format!("{url} does not answer as HTTP asks: {error}");
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(|error| failed(&error))?;
    // It ends with the body that is read from it, or with the runtime.
    tokio::spawn(connection);
    let request = Request::get(&url[Position::BeforePath..Position::AfterQuery])
        .header(HOST, &url[Position::BeforeHost..Position::AfterPort])
        .header(USER_AGENT, concat!("Vitrine/", env!("CARGO_PKG_VERSION")))
        .body(Empty::<Bytes>::new())
        .map_err(|error| failed(&error))?;
    sender.send_request(request).await.map_err(|error| failed(&error))
}

async fn body(url: &Url, mut body: Incoming, most: usize) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| format!("{url} ended before all of it was there: {error}"))?;
        let Ok(data) = frame.into_data() else { continue };
        if bytes.len() + data.len() > most {
            return Err(format!("{url} is larger than {most} bytes"));
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}

fn connector(ca_file: Option<&Path>) -> Result<TlsConnector, String> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(file) = ca_file {
        let own = CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let own = own.map_err(|error| format!("`plugins.ca_file` {} cannot be read: {error}", file.display()))?;
        roots.add_parsable_certificates(own);
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("TLS cannot be set up: {error}"))?;
    Ok(TlsConnector::from(Arc::new(config.with_root_certificates(roots).with_no_client_auth())))
}
