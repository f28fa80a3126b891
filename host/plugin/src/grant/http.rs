//! Where requests may go, and which addresses are closed unless somebody says otherwise.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use url::Url;

/// `[METHOD] scheme://host[:port]`; a host may begin with `*.`, or be `*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpGrant {
    method: Option<String>,
    scheme: String,
    host: String,
    port: u16,
}

impl FromStr for HttpGrant {
    type Err = String;

    fn from_str(text: &str) -> Result<HttpGrant, String> {
        let (method, address) = match text.trim().split_once(' ') {
            Some((method, address)) => (Some(method.to_ascii_uppercase()), address.trim()),
            None => (None, text.trim()),
        };
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
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
            return Err(format!("`{text}` says more than scheme, host and port, and a grant cannot"));
        }
        let name = url.host_str().unwrap_or_default();
        let host = if wild == "*" { "*".to_owned() } else { format!("{wild}{name}") };
        let port = url.port_or_known_default().ok_or_else(wrong)?;
        Ok(HttpGrant { method, scheme: url.scheme().to_owned(), host, port })
    }
}

impl HttpGrant {
    pub fn allows(&self, method: &str, url: &Url) -> bool {
        self.method.as_deref().is_none_or(|granted| granted.eq_ignore_ascii_case(method))
            && self.scheme == url.scheme()
            && Some(self.port) == url.port_or_known_default()
            && url.host_str().is_some_and(|host| self.covers_host(host))
    }

    /// Whether everything that `narrow` allows is allowed here too.
    pub fn covers(&self, narrow: &HttpGrant) -> bool {
        (self.method.is_none() || self.method == narrow.method)
            && self.scheme == narrow.scheme
            && self.port == narrow.port
            && (self.host == narrow.host || self.covers_host(&narrow.host))
    }

    /// Whether the grant has this very host in it, not just a star.
    pub fn names(&self, host: &str) -> bool {
        self.host.eq_ignore_ascii_case(host)
    }

    fn covers_host(&self, host: &str) -> bool {
        match self.host.strip_prefix('*') {
            Some("") => true,
            Some(suffix) => host.len() > suffix.len() && host.to_ascii_lowercase().ends_with(suffix),
            None => self.host.eq_ignore_ascii_case(host),
        }
    }
}

impl fmt::Display for HttpGrant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(method) = &self.method {
            write!(f, "{method} ")?;
        }
        write!(f, "{}://{}", self.scheme, self.host)?;
        let usual = if self.scheme == "https" { 443 } else { 80 };
        if self.port == usual { Ok(()) } else { write!(f, ":{}", self.port) }
    }
}

/// What kind of closed address this is, if it is one: no request goes there without an explicit grant.
/// The lists are IANA's special-purpose registries for IPv4 and IPv6.
pub fn closed_kind(address: IpAddr) -> Option<&'static str> {
    match address.to_canonical() {
        IpAddr::V4(address) => closed_v4(address),
        IpAddr::V6(address) => closed_v6(address),
    }
}

fn closed_v4(address: Ipv4Addr) -> Option<&'static str> {
    let [a, b, c, d] = address.octets();
    match (a, b, c) {
        (0, ..) => Some("this-network"),
        (127, ..) => Some("loopback"),
        (10, ..) | (172, 16..=31, _) | (192, 168, _) => Some("private"),
        (100, 64..=127, _) => Some("shared"),
        (169, 254, _) => Some("link-local"),
        // Where one large cloud's machines ask for their secrets.
        (168, 63, 129) if d == 16 => Some("metadata"),
        (192, 0, 0) | (192, 0, 2) | (198, 51, 100) | (203, 0, 113) | (198, 18..=19, _) => Some("reserved"),
        (192, 88, 99) => Some("relay"),
        (224..=239, ..) => Some("multicast"),
        (240..=255, ..) => Some("reserved"),
        _ => None,
    }
}

fn closed_v6(address: Ipv6Addr) -> Option<&'static str> {
    let segments = address.segments();
    let embedded = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        closed_v4(Ipv4Addr::new(a, b, c, d))
    };
    match segments {
        [0, 0, 0, 0, 0, 0, 0, 0] => Some("unspecified"),
        [0, 0, 0, 0, 0, 0, 0, 1] => Some("loopback"),
        // IPv4 in disguise: compatible, NAT64, 6to4; judged by the address inside.
        [0, 0, 0, 0, 0, 0, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => embedded(high, low).or(Some("translated")),
        [0x2002, high, low, ..] => embedded(high, low).or(Some("6to4")),
        [0x2001, 0, ..] => Some("Teredo"),
        [0x2001, 0xdb8, ..] | [0x100, 0, 0, 0, ..] => Some("reserved"),
        [0x64, 0xff9b, 1, ..] => Some("translated"),
        [first, ..] if first & 0xfe00 == 0xfc00 => Some("private"),
        [first, ..] if first & 0xffc0 == 0xfe80 => Some("link-local"),
        [first, ..] if first & 0xffc0 == 0xfec0 => Some("site-local"),
        [first, ..] if first & 0xff00 == 0xff00 => Some("multicast"),
        _ => None,
    }
}
