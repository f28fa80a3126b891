//! HTTP requests, to what the grant `http` lists and to nothing else.

use std::borrow::Cow;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

pub use crate::bindings::shared::vitrine::plugin::http::{
    Error, Header, Placement, PrefixedHeader, Request, Response, Seal, Sealing, SecretUse, Signature, Timing, TlsInfo,
};
use crate::{Fault, host};

/// How many redirects a request follows unless told otherwise.
const REDIRECTS: u8 = 5;

impl Request {
    pub fn new(method: &str, url: &str) -> Self {
        Request {
            method: method.to_owned(),
            url: url.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
            secrets: Vec::new(),
            timeout: None,
            redirects: REDIRECTS,
        }
    }

    pub fn get(url: &str) -> Self {
        Request::new("GET", url)
    }

    pub fn post(url: &str) -> Self {
        Request::new("POST", url)
    }

    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push(Header { name: name.to_owned(), value: value.to_owned() });
        self
    }

    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Sends a value as JSON.
    pub fn json(self, value: &impl Serialize) -> Result<Self, Fault> {
        let body = serde_json::to_vec(value).map_err(|error| Fault::Internal(error.to_string()))?;
        Ok(self.header("content-type", "application/json").body(body))
    }

    /// Lets the host put in a secret, by its name in `plugin.toml`.
    #[must_use]
    pub fn secret(mut self, name: &str, placement: Placement) -> Self {
        self.secrets.push(SecretUse { name: name.to_owned(), placement });
        self
    }

    /// Bounds the whole exchange.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(u32::try_from(timeout.as_millis()).unwrap_or(u32::MAX));
        self
    }

    /// How many redirects to follow; each target needs the grant too.
    #[must_use]
    pub fn redirects(mut self, redirects: u8) -> Self {
        self.redirects = redirects;
        self
    }

    /// Lets the host put a secret in the place of `{name}` in the URL's path, by its name in `plugin.toml`.
    pub fn secret_in_path(self, name: &str) -> Sealed {
        Sealed { request: self, seals: Vec::new() }.secret_in_path(name)
    }

    /// Lets the host sign the body as it goes out: HMAC-SHA256 in hexadecimal, with this secret as key.
    pub fn signed(self, name: &str, signature: Signature) -> Sealed {
        Sealed { request: self, seals: Vec::new() }.signed(name, signature)
    }

    pub fn send(&self) -> Result<Response, Error> {
        host::http::send(self)
    }
}

/// A request, and what the host does with secrets beside filling them in.
#[derive(Debug, Clone, PartialEq)]
pub struct Sealed {
    pub request: Request,
    pub seals: Vec<Seal>,
}

impl Sealed {
    /// See [`Request::secret_in_path`].
    #[must_use]
    pub fn secret_in_path(mut self, name: &str) -> Self {
        self.seals.push(Seal { name: name.to_owned(), how: Sealing::Path });
        self
    }

    /// See [`Request::signed`].
    #[must_use]
    pub fn signed(mut self, name: &str, signature: Signature) -> Self {
        self.seals.push(Seal { name: name.to_owned(), how: Sealing::Signature(signature) });
        self
    }

    pub fn send(&self) -> Result<Response, Error> {
        host::http::send_sealed(&self.request, &self.seals)
    }
}

impl From<Request> for Sealed {
    fn from(request: Request) -> Sealed {
        Sealed { request, seals: Vec::new() }
    }
}

/// The setting `auth`: how a secret goes along to a far side that knows more than one way.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Auth {
    Bearer,
    /// The user's name; the secret is the password.
    Basic(String),
    Header(AuthHeader),
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthHeader {
    pub name: String,
    #[serde(default)]
    pub prefix: String,
}

impl Auth {
    pub fn placement(&self) -> Placement {
        match self {
            Auth::Bearer => Placement::Bearer,
            Auth::Basic(user) => Placement::Basic(user.clone()),
            Auth::Header(AuthHeader { name, prefix }) => Placement::prefixed(name, prefix),
        }
    }
}

/// A setting that is a web address, without the slash at its end.
pub fn address(option: &str, url: &str) -> Result<String, Fault> {
    match url.starts_with("https://") || url.starts_with("http://") {
        true => Ok(url.trim_end_matches('/').to_owned()),
        false => Err(Fault::Invalid(["`", option, "`: ", url, " does not start with https:// or http://"].concat())),
    }
}

impl Placement {
    /// A header of this name whose value begins with a prefix, such as `Token `.
    pub fn prefixed(name: &str, prefix: &str) -> Self {
        Placement::Prefixed(PrefixedHeader { name: name.to_owned(), prefix: prefix.to_owned() })
    }
}

impl Response {
    /// A header's value; names are compared without regard to case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name)).map(|header| header.value.as_str())
    }

    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body as text; what is not UTF-8 is replaced.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    /// The body as JSON; a fault of the far side where it is not what was expected.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        serde_json::from_slice(&self.body)
            .map_err(|error| Fault::Upstream(["the answer is not as expected: ", &error.to_string()].concat()))
    }
}

impl Timing {
    /// Seconds of the whole exchange.
    pub fn total(&self) -> f64 {
        self.resolve + self.connect + self.tls + self.processing + self.transfer
    }
}

impl Error {
    /// The sentence inside.
    pub fn reason(&self) -> &str {
        match self {
            Error::Denied(reason)
            | Error::Invalid(reason)
            | Error::Resolve(reason)
            | Error::Connect(reason)
            | Error::Tls(reason)
            | Error::Timeout(reason)
            | Error::TooLarge(reason)
            | Error::Protocol(reason) => reason,
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Fault {
        match error {
            Error::Denied(reason) => Fault::Denied(reason),
            Error::Invalid(reason) => Fault::Invalid(reason),
            other => Fault::Upstream(other.reason().to_owned()),
        }
    }
}
