//! TLS: which certificate's end is told, a server that is slow to agree, a file of authorities that comes later.

use std::sync::Mutex;
use std::time::Duration;

use base64::Engine;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::super::*;
use super::world::*;

/// A root, an authority in between, and a certificate for this machine; each with the year in which it ends.
struct Chain {
    root: CertificateDer<'static>,
    sent: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

fn authority(name: &str, year: i32) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(rcgen::DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.not_after = rcgen::date_time_ymd(year, 1, 1);
    params
}

fn chain(leaf_year: i32, between_year: i32) -> Chain {
    let [root_key, between_key, key] = [(); 3].map(|()| KeyPair::generate().unwrap());
    let root_params = authority("root", 2090);
    let root = root_params.self_signed(&root_key).unwrap();
    let issuer = Issuer::new(root_params, root_key);
    let between_params = authority("between", between_year);
    let between = between_params.signed_by(&between_key, &issuer).unwrap();
    let issuer = Issuer::new(between_params, between_key);
    let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    params.not_after = rcgen::date_time_ymd(leaf_year, 1, 1);
    let leaf = params.signed_by(&key, &issuer).unwrap();
    let sent = vec![leaf.der().clone(), between.der().clone()];
    Chain { root: root.der().clone(), sent, key: PrivateKeyDer::Pkcs8(key.serialize_der().into()) }
}

fn pem(certificate: &CertificateDer<'_>) -> String {
    let text = base64::engine::general_purpose::STANDARD.encode(certificate);
    format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n")
}

/// Answers one request after the other over TLS; returns the URL.
async fn server(chain: Chain) -> String {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = builder.with_no_client_auth().with_single_cert(chain.sent, chain.key).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let answer = say("HTTP/1.1 200 OK\ncontent-length: 2\n\nok");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // A client that trusts nobody hangs up.
            if let Ok(stream) = acceptor.accept(stream).await {
                serve(stream, answer.clone(), Arc::new(Mutex::default())).await;
            }
        }
    });
    url
}

#[tokio::test]
async fn the_first_certificate_to_end_is_the_one_that_is_told() {
    let folder = tempfile::tempdir().unwrap();
    for (leaf, between) in [(2040, 2080), (2080, 2040)] {
        let chain = chain(leaf, between);
        let file = folder.path().join("authorities.pem");
        std::fs::write(&file, pem(&chain.root)).unwrap();
        let url = server(chain).await;
        let world = World::trusting(Trust::new(Some(file)));
        let response = world.send(&grants(&[&url], &[]), get(&url)).await.unwrap();
        let tls = response.tls.unwrap();
        // 2040-01-01T00:00:00Z
        assert_eq!((tls.version.as_str(), tls.not_after), ("TLSv1.3", 2_208_988_800), "leaf {leaf}, between {between}");
    }
}

#[tokio::test]
async fn authorities_that_cannot_be_read_now_are_read_later() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("authorities.pem");
    let chain = chain(2040, 2040);
    let root = pem(&chain.root);
    let url = server(chain).await;
    let world = World::trusting(Trust::new(Some(file.clone())));
    let granted = grants(&[&url], &[]);
    for (content, part) in [(None, "cannot be read"), (Some("-----BEGIN CERTIFICATE-----\n!\n"), "is no PEM file")] {
        content.into_iter().for_each(|content| std::fs::write(&file, content).unwrap());
        let error = world.send(&granted, get(&url)).await.unwrap_err();
        assert!(matches!(&error, Error::Tls(reason) if reason.contains(part)), "{error:?}");
    }
    std::fs::write(&file, root).unwrap();
    assert_eq!(world.send(&granted, get(&url)).await.unwrap().status, 200);
    // What was read is kept.
    std::fs::remove_file(&file).unwrap();
    assert_eq!(world.send(&granted, get(&url)).await.unwrap().status, 200);
}

#[tokio::test]
async fn a_stranger_is_not_trusted() {
    let url = server(chain(2040, 2040)).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("authorities.pem");
    std::fs::write(&file, pem(&chain(2040, 2040).root)).unwrap();
    let error = World::trusting(Trust::new(Some(file))).send(&grants(&[&url], &[]), get(&url)).await.unwrap_err();
    assert!(matches!(&error, Error::Tls(reason) if reason.contains("cannot be trusted")), "{error:?}");
}

#[tokio::test]
async fn a_server_that_never_agrees_is_left_in_time() {
    let silent = Server::start(Answer::Wait("")).await;
    let url = format!("https://{}", silent.address);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("authorities.pem");
    std::fs::write(&file, pem(&chain(2040, 2040).root)).unwrap();
    let world = World::trusting(Trust::new(Some(file)));
    let stop = world.send_within(&grants(&[&url], &[]), get(&url), Duration::from_millis(500)).await.unwrap_err();
    assert!(matches!(&stop.error, Error::Timeout(_)), "{stop:?}");
}
