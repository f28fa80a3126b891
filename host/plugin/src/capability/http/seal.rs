//! What the host does with a secret beside filling it in: a part of the URL's path, a signature of the body.

use aws_lc_rs::hmac;
use hyper::body::Bytes;
use url::Url;
use zeroize::Zeroizing;

use super::vault::Value;
use crate::bindings::imported::http::{Error, Placement, PrefixedHeader, Request, Seal, Sealing, SecretUse, Signature};

/// A request as a guest hands it in.
pub(super) struct Asked {
    pub(super) request: Request,
    pub(super) seals: Vec<Seal>,
}

impl From<Request> for Asked {
    fn from(request: Request) -> Asked {
        Asked { request, seals: Vec::new() }
    }
}

/// A secret, and what is to be done with it.
pub(super) struct Use {
    pub(super) name: String,
    pub(super) place: Place,
}

pub(super) enum Place {
    Filled(Placement),
    Path,
    Signed(Signature),
}

/// All uses, signatures last: they are made over what is there by then.
pub(super) fn uses(secrets: Vec<SecretUse>, seals: Vec<Seal>) -> Vec<Use> {
    let mut uses: Vec<Use> =
        secrets.into_iter().map(|SecretUse { name, placement }| Use { name, place: Place::Filled(placement) }).collect();
    let mut signatures = Vec::new();
    for Seal { name, how } in seals {
        match how {
            Sealing::Path => uses.push(Use { name, place: Place::Path }),
            Sealing::Signature(signature) => signatures.push(Use { name, place: Place::Signed(signature) }),
        }
    }
    uses.extend(signatures);
    uses
}

/// The signature in hexadecimal.
pub(super) fn sign(key: &Value, signature: &Signature, body: &Bytes) -> Value {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes());
    let mut context = hmac::Context::with_key(&key);
    context.update(signature.before.as_bytes());
    context.update(body);
    Zeroizing::new(context.sign().as_ref().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Where a signature goes: from then on it is like any other secret.
pub(super) fn header(signature: Signature) -> Place {
    Place::Filled(Placement::Prefixed(PrefixedHeader { name: signature.header, prefix: signature.prefix }))
}

/// Puts the secret where `{name}` stands in the path; it cannot lead out of its place.
pub(super) fn path(url: &mut Url, name: &str, value: &str) -> Result<(), Error> {
    let wrong = |what: &str| Err(Error::Invalid(format!("the secret `{name}` is to go into the URL's path, {what}")));
    // As the parser writes it.
    let mark = format!("%7B{name}%7D");
    if url.path().matches(&mark).count() != 1 {
        return wrong(&format!("where `{{{name}}}` does not stand just once"));
    }
    let is_of_paths = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/%".contains(&byte);
    if !value.bytes().all(is_of_paths) {
        return wrong("and holds letters that a path cannot: write it as it stands in the URL");
    }
    let filled = Zeroizing::new(url.path().replace(&mark, value));
    url.set_path(&filled);
    // The parser takes `..` away, with what stands before it.
    if url.path() == *filled { Ok(()) } else { wrong("and has steps that lead elsewhere") }
}
