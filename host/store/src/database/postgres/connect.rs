//! One connection: made here, so that what comes back can be counted while it comes.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixStream};
use tokio_postgres::Client;
use tokio_postgres::config::SslMode;
use tokio_postgres::error::SqlState;
use tokio_postgres::tls::{ChannelBinding, TlsConnect, TlsStream};
use vitrine_model::Fault;

use super::login::{Login, Place};
use crate::database::bounds::BYTES;

/// What may come in for one query: the answer as it travels, which is somewhat longer than the answer.
const INCOMING: usize = 2 * BYTES;

/// An open connection. Ends when it is dropped.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) client: Client,
    allowance: Arc<Allowance>,
}

impl Session {
    /// Before each query.
    pub(super) fn refill(&self) {
        self.allowance.left.store(INCOMING, Ordering::Relaxed);
    }

    /// More came than may: the connection is closed.
    pub(super) fn is_overfull(&self) -> bool {
        self.allowance.overfull.load(Ordering::Relaxed)
    }
}

impl Login {
    /// Tries each address in turn. The reason names the database by its name, not where it is.
    pub(super) async fn connect(&self, name: &str) -> Result<Session, Fault> {
        let mut reasons: Vec<String> = Vec::new();
        for place in &self.places {
            match self.connect_to(place).await {
                Ok(session) => return Ok(session),
                Err(Refusal::Login(reason)) => {
                    return Err(Fault::Invalid(format!("the database `{name}` refuses this host's login: {reason}")));
                }
                Err(Refusal::Way(reason)) => reasons.push(reason),
            }
        }
        Err(Fault::Upstream(format!("the database `{name}` cannot be reached: {}", reasons.join("; "))))
    }

    async fn connect_to(&self, place: &Place) -> Result<Session, Refusal> {
        let (stream, host): (Box<dyn Duplex>, &str) = match place {
            Place::Tcp { host, port } => {
                let stream = TcpStream::connect((host.as_str(), *port)).await.map_err(|error| Refusal::Way(error.to_string()))?;
                // Each question waits for its answer: gathering small packets would only delay it.
                let _ = stream.set_nodelay(true);
                (Box::new(stream), host)
            }
            Place::Unix(path) => {
                (Box::new(UnixStream::connect(path).await.map_err(|error| Refusal::Way(error.to_string()))?), "localhost")
            }
        };
        let allowance = Arc::new(Allowance { left: AtomicUsize::new(INCOMING), overfull: AtomicBool::new(false) });
        let stream = Counted { stream, allowance: Arc::clone(&allowance) };
        let config =
            if self.config.get_ssl_mode() == SslMode::Require { Some(self.trust().map_err(Refusal::Way)?) } else { None };
        let tls = Tls { config, host: host.to_owned() };
        let (client, connection) = self.config.connect_raw(stream, tls).await.map_err(Refusal::new)?;
        tokio::spawn(async move {
            // Its end is seen by whoever asks next.
            let _ = connection.await;
        });
        Ok(Session { client, allowance })
    }

    fn trust(&self) -> Result<Arc<ClientConfig>, String> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if let Some(file) = &self.ca_file {
            let problem = |error: String| format!("`ca_file` {}: {error}", file.display());
            let pem = std::fs::read(file).map_err(|error| problem(error.to_string()))?;
            let own = CertificateDer::pem_slice_iter(&pem).collect::<Result<Vec<_>, _>>();
            roots.add_parsable_certificates(own.map_err(|error| problem(error.to_string()))?);
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let builder = builder.map_err(|error| format!("TLS cannot be set up: {error}"))?;
        Ok(Arc::new(builder.with_root_certificates(roots).with_no_client_auth()))
    }
}

/// Why there is no connection.
enum Refusal {
    /// There is somebody, who does not let us in: another address will not either.
    Login(String),
    Way(String),
}

impl Refusal {
    fn new(error: tokio_postgres::Error) -> Refusal {
        let is_login = error
            .code()
            .is_some_and(|code| matches!(code.code().get(..2), Some("28" | "3D")) || *code == SqlState::INSUFFICIENT_PRIVILEGE);
        // Without a code it is the client that will not log in: it was asked for a password, and has none.
        let reason = chain(&error);
        let asks_password = error.code().is_none() && reason.contains("password missing");
        if is_login || asks_password { Refusal::Login(reason) } else { Refusal::Way(reason) }
    }
}

/// An error with its causes, each once.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let more = inner.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = inner.source();
    }
    text
}

trait Duplex: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Duplex for T {}

#[derive(Debug)]
struct Allowance {
    left: AtomicUsize,
    overfull: AtomicBool,
}

/// Closes when more comes in than may: the client would gather a message of any length in memory.
struct Counted {
    stream: Box<dyn Duplex>,
    allowance: Arc<Allowance>,
}

impl AsyncRead for Counted {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        let came = buffer.filled().len() - before;
        let left = self.allowance.left.load(Ordering::Relaxed);
        self.allowance.left.store(left.saturating_sub(came), Ordering::Relaxed);
        if came > left {
            self.allowance.overfull.store(true, Ordering::Relaxed);
            return Poll::Ready(Err(io::Error::other("more came than may")));
        }
        polled
    }
}

impl AsyncWrite for Counted {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// rustls for the client, with the server's name and chain verified.
struct Tls {
    config: Option<Arc<ClientConfig>>,
    host: String,
}

struct Secured(tokio_rustls::client::TlsStream<Counted>);

impl TlsConnect<Counted> for Tls {
    type Stream = Secured;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Secured>> + Send>>;

    fn connect(self, stream: Counted) -> Self::Future {
        Box::pin(async move {
            let config = self.config.ok_or_else(|| io::Error::other("TLS is not asked for"))?;
            let name = ServerName::try_from(self.host).map_err(io::Error::other)?;
            Ok(Secured(tokio_rustls::TlsConnector::from(config).connect(name, stream).await?))
        })
    }
}

impl TlsStream for Secured {
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}

impl AsyncRead for Secured {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Secured {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}
