//! Asks a running host over HTTP. One small question needs no client library.

use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use serde_json::Value;
use url::Url;

/// A picture may wait for its turn, and then for its panels.
const PATIENCE: Duration = Duration::from_secs(40);
/// No answer is larger.
const BYTES: u64 = 64 << 20;

/// The JSON at a path of the host at `address`; any answer but a good one is an error.
pub(super) fn get(address: &str, path: &str) -> anyhow::Result<Value> {
    match ask(address, path)? {
        (200, answer) => Ok(answer),
        (status, answer) => {
            bail!("{address} answers {status}: {}", answer.as_str().map_or_else(|| answer.to_string(), str::to_owned))
        }
    }
}

/// Status and JSON at a path of the host at `address`: `http://127.0.0.1:7878`, or without the `http://`. What is no JSON
/// is a text.
pub(super) fn ask(address: &str, path: &str) -> anyhow::Result<(u16, Value)> {
    let (status, body) = bytes(address, path)?;
    let body = String::from_utf8(body).with_context(|| format!("{address} is no host of this version"))?;
    match serde_json::from_str(&body) {
        Ok(answer) => Ok((status, answer)),
        Err(error) if status == 200 => Err(error).with_context(|| format!("{address} is no host of this version")),
        Err(_) => Ok((status, Value::String(body.trim().to_owned()))),
    }
}

/// Status and body at a path of the host at `address`, as they come.
pub(super) fn bytes(address: &str, path: &str) -> anyhow::Result<(u16, Vec<u8>)> {
    let full = if address.contains("://") { address.to_owned() } else { format!("http://{address}") };
    let url: Url = full.parse().with_context(|| format!("`{address}` is not an address: write `http://127.0.0.1:7878`"))?;
    if url.scheme() != "http" {
        bail!("`{address}`: ask the host itself, by http, and not what stands before it");
    }
    let (host, port) = (url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(80));
    let answer = exchange(host, port, path).with_context(|| format!("no host answers at {address}"))?;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
    let end = end.ok_or_else(|| anyhow!("{address} does not answer as HTTP asks"))?;
    let head = String::from_utf8_lossy(&answer[..end]);
    let status = head.split_whitespace().nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    Ok((status, answer[end + 4..].to_vec()))
}

fn exchange(host: &str, port: u16, path: &str) -> anyhow::Result<Vec<u8>> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let address = (bare, port).to_socket_addrs()?.next().context("its name leads nowhere")?;
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    // The old version of the protocol: the answer comes whole, and the connection ends with it.
    write!(stream, "GET {path} HTTP/1.0\r\nHost: {host}:{port}\r\nAccept: application/json\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.take(BYTES).read_to_end(&mut answer)?;
    Ok(answer)
}
