//! Whom to trust: the system's authorities and the admin's own. Read when the first `https:` request goes out, and kept
//! once that has worked.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio::sync::OnceCell;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::bindings::imported::http::TlsInfo;

pub(crate) struct Trust {
    ca_file: Option<PathBuf>,
    /// A failure is not kept: what is missing today may be there tomorrow.
    ready: OnceCell<TlsConnector>,
}

impl Trust {
    pub(crate) fn new(ca_file: Option<PathBuf>) -> Trust {
        Trust { ca_file, ready: OnceCell::new() }
    }

    pub(super) async fn secure(
        &self,
        host: &url::Host<&str>,
        stream: TcpStream,
    ) -> Result<(TlsStream<TcpStream>, Option<TlsInfo>), String> {
        let connector = self.ready.get_or_try_init(|| self.load()).await?;
        let name = match host {
            url::Host::Domain(name) => {
                ServerName::try_from((*name).to_owned()).map_err(|_| format!("`{name}` is no name for TLS"))?
            }
            url::Host::Ipv4(address) => ServerName::from(std::net::IpAddr::V4(*address)),
            url::Host::Ipv6(address) => ServerName::from(std::net::IpAddr::V6(*address)),
        };
        let stream = connector.connect(name, stream).await.map_err(|error| format!("{host} cannot be trusted: {error}"))?;
        let info = describe(stream.get_ref().1);
        Ok((stream, info))
    }

    /// Some hundred files may have to be read and parsed: not on the runtime's threads.
    async fn load(&self) -> Result<TlsConnector, String> {
        let ca_file = self.ca_file.clone();
        let loaded = tokio::task::spawn_blocking(move || connector(ca_file.as_deref())).await;
        loaded.map_err(|error| format!("TLS cannot be set up: {error}"))?
    }
}

fn connector(ca_file: Option<&Path>) -> Result<TlsConnector, String> {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(found.certs);
    if let Some(file) = ca_file {
        let pem = std::fs::read(file).map_err(|error| format!("`plugins.ca_file` {} cannot be read: {error}", file.display()))?;
        let own = CertificateDer::pem_slice_iter(&pem).collect::<Result<Vec<_>, _>>();
        roots.add_parsable_certificates(
            own.map_err(|error| format!("`plugins.ca_file` {} is no PEM file: {error}", file.display()))?,
        );
    }
    if roots.is_empty() {
        return Err("this machine has no certificate authorities: install `ca-certificates`, or set `plugins.ca_file`".to_owned());
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("TLS cannot be set up: {error}"))?;
    Ok(TlsConnector::from(Arc::new(config.with_root_certificates(roots).with_no_client_auth())))
}

fn describe(connection: &rustls::ClientConnection) -> Option<TlsInfo> {
    let version = match connection.protocol_version()? {
        rustls::ProtocolVersion::TLSv1_2 => "TLSv1.2",
        rustls::ProtocolVersion::TLSv1_3 => "TLSv1.3",
        _ => "TLS",
    };
    let not_after = connection.peer_certificates()?.iter().filter_map(|certificate| not_after(certificate)).min()?;
    Some(TlsInfo { version: version.to_owned(), not_after })
}

/// As blackbox_exporter's `probe_ssl_earliest_cert_expiry`, all that the server sent counts: an authority in between that
/// has expired breaks the chain as well as the leaf.
fn not_after(certificate: &[u8]) -> Option<i64> {
    let (_, certificate) = x509_parser::parse_x509_certificate(certificate).ok()?;
    Some(certificate.validity().not_after.timestamp())
}
