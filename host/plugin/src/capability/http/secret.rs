//! Secrets in requests: who may use which where, how they are filled in, and that they are not seen again.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use serde_json::Value as Json;
use url::Url;
use zeroize::Zeroizing;

use super::hide::Hider;
use super::request::is_hosts_own;
use super::seal::{self, Place, Use};
use super::vault::{Entry, Value, Vault};
use super::{Outgoing, Refused, Stop};
use crate::bindings::imported::http::{Error, Placement};
use crate::grant::{Grants, SecretGrant, http};

/// From here on the search has a thread of its own.
const LARGE_BYTES: usize = 64 << 10;

/// The secrets of one exchange.
#[derive(Default)]
pub(super) struct Keys {
    keys: Vec<Key>,
    hider: Arc<Hider>,
}

struct Key {
    /// The plugin's word for it.
    name: String,
    place: Place,
    grant: SecretGrant,
    entry: Arc<Entry>,
    value: Arc<Value>,
}

impl Keys {
    /// Asks for leave first, and only then for the secret.
    pub(super) async fn fetch(vault: &Vault, grants: &Grants, uses: Vec<Use>, first: &Outgoing) -> Result<Keys, Stop> {
        let mut keys = Keys::default();
        let mut hider = Hider::default();
        for Use { name, place } in uses {
            let refused = |reason| Stop::refused(Refused::Secret, reason);
            let grant = grants.secret(&name).map_err(refused)?.clone();
            let host_name = &grant.host_name;
            let entry = vault
                .get(host_name)
                .ok_or_else(|| refused(format!("there is no secret `{host_name}`: add it under `secrets` in the settings")))?;
            if !is_bound(&grant, &entry, first) {
                return Err(refused(unbound(&name, &first.url)));
            }
            let value = entry.value().await.map_err(|reason| refused(format!("the secret `{name}` cannot be had: {reason}")))?;
            hider.add(&value);
            let (place, value) = match place {
                Place::Signed(signature) => {
                    let made = seal::sign(&value, &signature, &keys.fill(first)?.body);
                    hider.add(&made);
                    (seal::header(signature), Arc::new(made))
                }
                other => (other, value),
            };
            keys.keys.push(Key { name, place, grant, entry, value });
        }
        keys.hider = Arc::new(hider);
        Ok(keys)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The request as it goes out: with each secret that may go there.
    pub(super) fn fill(&self, outgoing: &Outgoing) -> Result<Outgoing, Stop> {
        let mut filled = outgoing.clone();
        for key in self.keys.iter().filter(|key| is_bound(&key.grant, &key.entry, outgoing)) {
            key.place(&mut filled).map_err(|error| self.hide_stop(error.into()))?;
        }
        Ok(filled)
    }

    /// A server may write a secret into the address that it sends on to.
    pub(super) fn require_clean(&self, outgoing: &Outgoing) -> Result<(), Stop> {
        let away = self.keys.iter().find(|key| !is_bound(&key.grant, &key.entry, outgoing));
        match away {
            Some(key) if self.hider.finds(outgoing.url.as_str()) => {
                let origin = http::origin(&outgoing.url);
                let reason = format!("a redirect would carry the secret `{}` to {origin}, to which it is not bound", key.name);
                Err(Stop::refused(Refused::Secret, self.hide_text(&reason)))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn hide_text(&self, text: &str) -> String {
        if self.hider.is_empty() { text.to_owned() } else { self.hider.text(text) }
    }

    pub(super) async fn hide_body(&self, body: Vec<u8>) -> Result<Vec<u8>, Error> {
        if self.hider.is_empty() {
            return Ok(body);
        }
        if body.len() < LARGE_BYTES {
            return Ok(self.hider.bytes(body));
        }
        let hider = Arc::clone(&self.hider);
        let searched = tokio::task::spawn_blocking(move || hider.bytes(body)).await;
        searched.map_err(|_| Error::Protocol("the answer could not be searched for the secret".to_owned()))
    }

    pub(super) fn hide_stop(&self, stop: Stop) -> Stop {
        let hide = |reason: String| self.hide_text(&reason);
        let error = match stop.error {
            Error::Denied(reason) => Error::Denied(hide(reason)),
            Error::Invalid(reason) => Error::Invalid(hide(reason)),
            Error::Resolve(reason) => Error::Resolve(hide(reason)),
            Error::Connect(reason) => Error::Connect(hide(reason)),
            Error::Tls(reason) => Error::Tls(hide(reason)),
            Error::Timeout(reason) => Error::Timeout(hide(reason)),
            Error::TooLarge(reason) => Error::TooLarge(hide(reason)),
            Error::Protocol(reason) => Error::Protocol(hide(reason)),
        };
        Stop { error, ..stop }
    }
}

/// Bound by the plugin's manifest and by the admin.
fn is_bound(grant: &SecretGrant, entry: &Entry, outgoing: &Outgoing) -> bool {
    let method = outgoing.method.as_str();
    grant.is_asked_for(method, &outgoing.url) && entry.hosts().iter().any(|host| host.allows(method, &outgoing.url))
}

fn unbound(name: &str, url: &Url) -> String {
    let origin = http::origin(url);
    format!("the secret `{name}` is not bound to {origin}: add it to the secret's `hosts`, if the plugin's manifest has it too")
}

impl Key {
    fn place(&self, request: &mut Outgoing) -> Result<(), Error> {
        let value = self.value.as_str();
        let placement = match &self.place {
            Place::Filled(placement) => placement,
            Place::Path => return seal::path(&mut request.url, &self.name, value),
            // It became a header's value when it was made.
            Place::Signed(_) => return Ok(()),
        };
        match placement {
            Placement::Header(name) => self.header(request, name, Zeroizing::new(value.to_owned())),
            Placement::Prefixed(header) => self.header(request, &header.name, Zeroizing::new([&header.prefix, value].concat())),
            Placement::Bearer => self.header(request, AUTHORIZATION.as_str(), Zeroizing::new(["Bearer ", value].concat())),
            Placement::Basic(user) if user.contains(':') => {
                Err(Error::Invalid("the user name of a basic login cannot hold a colon".to_owned()))
            }
            Placement::Basic(user) => {
                let login = Zeroizing::new([user, ":", value].concat());
                let text = Zeroizing::new(["Basic ", &STANDARD.encode(login.as_bytes())].concat());
                self.header(request, AUTHORIZATION.as_str(), text)
            }
            Placement::Query(name) => {
                query(&mut request.url, name, value);
                Ok(())
            }
            Placement::Json(name) => self.json(request, name),
            Placement::Form(name) => self.form(request, name),
        }
    }

    fn header(&self, request: &mut Outgoing, name: &str, text: Zeroizing<String>) -> Result<(), Error> {
        let wrong = |what: &str| Error::Invalid(format!("the secret `{}` {what}", self.name));
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong("is to go into what is not a header's name"))?;
        if is_hosts_own(name.as_str()) {
            return Err(wrong(&format!("cannot go into `{name}`: the host writes that header")));
        }
        let mut value = HeaderValue::from_str(&text).map_err(|_| wrong("holds letters that a header cannot"))?;
        value.set_sensitive(true);
        request.headers.insert(name, value);
        Ok(())
    }

    fn json(&self, request: &mut Outgoing, name: &str) -> Result<(), Error> {
        let wrong = |what: String| Error::Invalid(format!("the secret `{}` is to go into the body, {what}", self.name));
        let mut body: Json =
            serde_json::from_slice(&request.body).map_err(|error| wrong(format!("which is no JSON: {error}")))?;
        let pointer = if name.starts_with('/') { name.to_owned() } else { format!("/{}", escaped(name)) };
        let (parent, last) = pointer.rsplit_once('/').unwrap_or_default();
        let Some(Json::Object(members)) = body.pointer_mut(parent) else {
            return Err(wrong(format!("where `{}` is no object", if parent.is_empty() { "/" } else { parent })));
        };
        members.insert(last.replace("~1", "/").replace("~0", "~"), Json::String(self.value.to_string()));
        request.body = serde_json::to_vec(&body).map_err(|error| wrong(error.to_string()))?.into();
        Ok(())
    }

    fn form(&self, request: &mut Outgoing, name: &str) -> Result<(), Error> {
        let before = std::str::from_utf8(&request.body)
            .map_err(|_| Error::Invalid(format!("the secret `{}` is to go into the body, which is no form", self.name)))?;
        let pairs = url::form_urlencoded::parse(before.as_bytes()).filter(|(known, _)| known != name);
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(pairs).append_pair(name, &self.value);
        request.body = Bytes::from(form.finish());
        let usual = HeaderValue::from_static("application/x-www-form-urlencoded");
        request.headers.entry(CONTENT_TYPE).or_insert(usual);
        Ok(())
    }
}

/// A member's name as one step of a JSON Pointer.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Sets a parameter and leaves the others as the guest wrote them.
fn query(url: &mut Url, name: &str, value: &str) {
    let is_other = |part: &&str| {
        let known = url::form_urlencoded::parse(part.as_bytes()).next();
        !part.is_empty() && known.is_none_or(|(known, _)| known != name)
    };
    let mut parts: Vec<String> = url.query().unwrap_or_default().split('&').filter(is_other).map(str::to_owned).collect();
    parts.push(url::form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish());
    url.set_query(Some(&parts.join("&")));
}
