//! Where requests may go: what a grant says, and what it covers.

use std::fmt;
use std::str::FromStr;

use url::Url;

/// The scheme by which a guest names a Unix socket: `http+unix://%2Frun%2Fapp.sock/status`.
pub const SOCKET_SCHEME: &str = "http+unix";

/// `[METHOD] scheme://host[:port]`; a host may begin with `*.`, or be `*`. Or `[METHOD] unix:/run/app.sock`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpGrant {
    method: Option<String>,
    place: Place,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Host { scheme: String, host: String, port: u16 },
    Socket(String),
}

impl FromStr for HttpGrant {
    type Err = String;

    fn from_str(text: &str) -> Result<HttpGrant, String> {
        let (method, address) = match text.trim().split_once(' ') {
            Some((method, address)) => (Some(method.to_ascii_uppercase()), address.trim()),
            None => (None, text.trim()),
        };
        let place =
            match address.strip_prefix("unix:") {
                Some(path) => Place::Socket(socket_path(path).ok_or_else(|| {
                    format!("`{text}` does not name a socket: write the whole path, as in `unix:/run/app.sock`")
                })?),
                None => host_place(text, address)?,
            };
        Ok(HttpGrant { method, place })
    }
}

fn host_place(text: &str, address: &str) -> Result<Place, String> {
    let wrong = || format!("`{text}` is not a place to send requests to");
    let (scheme, rest) = address.split_once("://").ok_or_else(wrong)?;
    // A star is no host for the URL parser: put a name there that stands for it.
    let (wild, rest) = match rest.strip_prefix("*.") {
        Some(rest) => ("*.", rest.to_owned()),
        None if rest == "*" || rest.starts_with("*:") => ("*", rest.replacen('*', "any.invalid", 1)),
        None => ("", rest.to_owned()),
    };
    let url = Url::parse(&format!("{scheme}://{rest}")).map_err(|_| wrong())?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(wrong());
    }
    if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() || has_user(&url) {
        return Err(format!("`{text}` says more than scheme, host and port, and a grant cannot"));
    }
    let name = plain_host(url.host_str().unwrap_or_default());
    if name.contains('*') {
        return Err(format!(
            "`{text}` has a star inside: it stands for whole names at the beginning, as in `https://*.example.org`"
        ));
    }
    let host = if wild == "*" { "*".to_owned() } else { format!("{wild}{name}") };
    let port = url.port_or_known_default().ok_or_else(wrong)?;
    Ok(Place::Host { scheme: url.scheme().to_owned(), host, port })
}

impl HttpGrant {
    pub fn allows(&self, method: &str, url: &Url) -> bool {
        self.method.as_deref().is_none_or(|granted| granted.eq_ignore_ascii_case(method)) && self.leads_to(url)
    }

    /// Whether the place is this one's, whatever the method.
    pub fn leads_to(&self, url: &Url) -> bool {
        match &self.place {
            Place::Socket(granted) => socket_of(url).is_some_and(|path| path == *granted),
            Place::Host { scheme, host, port } => {
                scheme == url.scheme()
                    && Some(*port) == url.port_or_known_default()
                    && url.host_str().is_some_and(|named| covers_host(host, plain_host(named)))
            }
        }
    }

    /// Whether everything that `narrow` allows is allowed here too.
    pub fn covers(&self, narrow: &HttpGrant) -> bool {
        (self.method.is_none() || self.method == narrow.method) && self.covers_place(narrow)
    }

    /// Whether some request suits both.
    pub fn meets(&self, other: &HttpGrant) -> bool {
        let methods = self.method.is_none() || other.method.is_none() || self.method == other.method;
        methods && (self.covers_place(other) || other.covers_place(self))
    }

    fn covers_place(&self, narrow: &HttpGrant) -> bool {
        match (&self.place, &narrow.place) {
            (Place::Socket(wide), Place::Socket(narrow)) => wide == narrow,
            (Place::Host { scheme, host, port }, Place::Host { scheme: scheme_asked, host: host_asked, port: port_asked }) => {
                scheme == scheme_asked && port == port_asked && (host == host_asked || covers_host(host, host_asked))
            }
            _ => false,
        }
    }

    /// Whether the grant has this very host in it, not just a star.
    pub fn names(&self, named: &str) -> bool {
        matches!(&self.place, Place::Host { host, .. } if host.eq_ignore_ascii_case(plain_host(named)))
    }

    /// Whether it is for every host there is.
    pub fn is_for_all(&self) -> bool {
        matches!(&self.place, Place::Host { host, .. } if host == "*")
    }
}

fn covers_host(granted: &str, host: &str) -> bool {
    match granted.strip_prefix('*') {
        Some("") => true,
        Some(suffix) => host.len() > suffix.len() && host.to_ascii_lowercase().ends_with(suffix),
        None => granted.eq_ignore_ascii_case(host),
    }
}

/// A name with the root's dot is the same name.
pub(super) fn plain_host(host: &str) -> &str {
    host.strip_suffix('.').unwrap_or(host)
}

/// Whether a URL carries a user name or a password.
pub fn has_user(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

/// The socket that a URL names, if it names one.
pub fn socket_of(url: &Url) -> Option<String> {
    if url.scheme() != SOCKET_SCHEME || url.port().is_some() || has_user(url) {
        return None;
    }
    let path = percent_encoding::percent_decode_str(url.host_str()?).decode_utf8().ok()?;
    socket_path(&path)
}

/// A whole path that says where it is without detours.
fn socket_path(path: &str) -> Option<String> {
    let steps = path.strip_prefix('/')?;
    let is_plain = steps.split('/').all(|step| !matches!(step, "" | "." | "..")) && !path.contains('\0');
    is_plain.then(|| path.to_owned())
}

/// What to write into a grant for this URL.
pub fn origin(url: &Url) -> String {
    match socket_of(url) {
        Some(path) => format!("unix:{path}"),
        None => url.origin().ascii_serialization(),
    }
}

impl fmt::Display for HttpGrant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(method) = &self.method {
            write!(f, "{method} ")?;
        }
        match &self.place {
            Place::Socket(path) => write!(f, "unix:{path}"),
            Place::Host { scheme, host, port } => {
                write!(f, "{scheme}://{host}")?;
                let usual = if scheme == "https" { 443 } else { 80 };
                if *port == usual { Ok(()) } else { write!(f, ":{port}") }
            }
        }
    }
}
