//! From a granted URL to an open connection: resolve, vet, connect, secure.

use std::future::{Future, poll_fn};
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::client::conn::http1::SendRequest;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::Semaphore;
use url::{Host, Url};

use super::{HEAD_BYTES, HEADERS, Phases, Refused, Stop, Trust};
use crate::bindings::imported::http::Error;
use crate::grant::Grants;
use crate::grant::http::socket_of;

/// Look-ups of names at once.
const LOOKUPS: usize = 8;
/// How many of a name's addresses are tried.
const ADDRESSES: usize = 4;
/// How long one address may take before the next is tried.
const CONNECT_WAIT: Duration = Duration::from_secs(4);

/// How a name becomes addresses. It may block; it is asked once for each connection.
pub(super) type Resolver = Arc<dyn Fn(&str, u16) -> std::io::Result<Vec<SocketAddr>> + Send + Sync>;

pub(super) fn system_resolver() -> Resolver {
    Arc::new(|name, port| (name, port).to_socket_addrs().map(Iterator::collect))
}

pub(super) async fn open(trust: &Trust, resolver: &Resolver, grants: &Grants, url: &Url) -> Result<(Open, Phases), Stop> {
    if let Some(path) = socket_of(url) {
        return open_socket(&path).await;
    }
    let host = url.host().ok_or_else(|| Error::Invalid("the URL names no host".to_owned()))?;
    let port = url.port_or_known_default().unwrap_or(80);
    let begin = Instant::now();
    let addresses = vet(grants, url, resolve(resolver, &host, port).await?)?;
    let resolved = Instant::now();
    let (stream, address) = connect(&host, &addresses).await?;
    let connected = Instant::now();
    let mut phases = Phases {
        resolve: resolved - begin,
        connect: connected - resolved,
        tls: Duration::ZERO,
        processing: Duration::ZERO,
        head_at: None,
        address: address.to_string(),
        certificate: None,
    };
    if url.scheme() != "https" {
        return Ok((handshake(stream).await?, phases));
    }
    let (stream, certificate) = trust.secure(&host, stream).await.map_err(Error::Tls)?;
    phases.tls = connected.elapsed();
    phases.certificate = certificate;
    Ok((handshake(stream).await?, phases))
}

/// The grant is the whole of the vetting: it names the socket.
async fn open_socket(path: &str) -> Result<(Open, Phases), Stop> {
    let begin = Instant::now();
    let cannot = |why: String| Error::Connect(format!("cannot connect to unix:{path}: {why}"));
    let stream = match tokio::time::timeout(CONNECT_WAIT, UnixStream::connect(path)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return Err(cannot(error.to_string()).into()),
        Err(_) => return Err(cannot(format!("no answer within {} s", CONNECT_WAIT.as_secs())).into()),
    };
    let phases = Phases {
        resolve: Duration::ZERO,
        connect: begin.elapsed(),
        tls: Duration::ZERO,
        processing: Duration::ZERO,
        head_at: None,
        address: format!("unix:{path}"),
        certificate: None,
    };
    Ok((handshake(stream).await?, phases))
}

async fn resolve(resolver: &Resolver, host: &Host<&str>, port: u16) -> Result<Vec<SocketAddr>, Error> {
    let name = match host {
        Host::Ipv4(address) => return Ok(vec![SocketAddr::new(IpAddr::V4(*address), port)]),
        Host::Ipv6(address) => return Ok(vec![SocketAddr::new(IpAddr::V6(*address), port)]),
        Host::Domain(name) => *name,
    };
    let found = lookup(Arc::clone(resolver), name.to_owned(), port).await;
    let addresses = found.map_err(|error| Error::Resolve(format!("`{name}` has no address: {error}")))?;
    if addresses.is_empty() {
        return Err(Error::Resolve(format!("`{name}` has no address")));
    }
    Ok(addresses)
}

/// A look-up cannot be cancelled once it runs: few may run, and whoever waits for a turn holds no thread.
async fn lookup(resolver: Resolver, name: String, port: u16) -> std::io::Result<Vec<SocketAddr>> {
    static TURNS: Semaphore = Semaphore::const_new(LOOKUPS);
    let turn = TURNS.acquire().await.map_err(std::io::Error::other)?;
    let work = move || {
        let found = resolver(&name, port);
        drop(turn);
        found
    };
    tokio::task::spawn_blocking(work).await.map_err(std::io::Error::other)?
}

/// Keeps the addresses that may be connected to; if none may, the first refusal is the answer.
fn vet(grants: &Grants, url: &Url, addresses: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, Stop> {
    let mut refusal = None;
    let mut vetted = Vec::with_capacity(addresses.len());
    for address in addresses {
        match grants.require_address(url, address.ip()) {
            Ok(()) => vetted.push(address),
            Err(reason) => refusal = refusal.or(Some(reason)),
        }
    }
    match refusal {
        Some(reason) if vetted.is_empty() => Err(Stop::refused(Refused::Address, reason)),
        _ => Ok(vetted),
    }
}

async fn connect(host: &Host<&str>, addresses: &[SocketAddr]) -> Result<(TcpStream, SocketAddr), Error> {
    let mut last = "no address".to_owned();
    for address in addresses.iter().take(ADDRESSES) {
        match tokio::time::timeout(CONNECT_WAIT, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                // Latency is what is measured here; the kernel may refuse, which costs nothing but that.
                let _ = stream.set_nodelay(true);
                return Ok((stream, *address));
            }
            Ok(Err(error)) => last = format!("{address}: {error}"),
            Err(_) => last = format!("{address}: no answer within {} s", CONNECT_WAIT.as_secs()),
        }
    }
    Err(Error::Connect(format!("cannot connect to {host}: {last}")))
}

async fn handshake<S>(stream: S) -> Result<Open, Error>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut builder = hyper::client::conn::http1::Builder::new();
    builder.max_buf_size(HEAD_BYTES).max_headers(HEADERS);
    let (sender, connection) = builder.handshake(TokioIo::new(stream)).await.map_err(|error| super::answer::protocol(&error))?;
    Ok(Open { sender, connection: Connection(Some(Box::pin(connection))) })
}

/// An open connection, to send one request through.
pub(super) struct Open {
    pub(super) sender: SendRequest<Full<Bytes>>,
    pub(super) connection: Connection,
}

/// Moves the bytes while somebody waits for them: a task of its own would cost more than all the rest of an exchange.
pub(super) struct Connection(Option<Pin<Box<dyn Future<Output = hyper::Result<()>> + Send>>>);

impl Connection {
    /// Runs `work`, which needs this connection to go on.
    pub(super) async fn serve<T>(&mut self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        poll_fn(|context| {
            if let Poll::Ready(outcome) = work.as_mut().poll(context) {
                return Poll::Ready(outcome);
            }
            let ended = self.0.as_mut().map(|connection| connection.as_mut().poll(context));
            if let Some(Poll::Ready(outcome)) = ended {
                self.0 = None;
                if let Err(error) = outcome {
                    tracing::debug!("a plugin's connection ended early: {error}");
                }
            }
            // What has just arrived may be what it waits for.
            work.as_mut().poll(context)
        })
        .await
    }
}
