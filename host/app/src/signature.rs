//! Who stands behind a plugin file: signatures, keys, and which of them the admin trusts.
//!
//! A signature is Ed25519 over the SHA-256 of all bytes before the first signature, with a word in front that says what
//! is signed, so that a signature of anything else is none of a plugin. It lies in the file, in a custom section of its
//! own, since one file ships: a detached one gets lost on the way. Several people may sign; each covers the same bytes.

use std::fmt::{self, Write as _};
use std::io::Write as _;
use std::path::Path;

use aws_lc_rs::encoding::{AsBigEndian, Curve25519SeedBin};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use serde::{Deserialize, Serialize};
use vitrine_plugin::settings::{PluginSettings, TrustedKey};

/// What a public key begins with; 64 hexadecimal digits follow.
const ALGORITHM: &str = "ed25519:";
const PURPOSE: &str = "vitrine plugin v1 ";
/// Letters of a key that are enough for a person to tell it from others.
const ID_LETTERS: usize = 16;

/// A key that signatures are checked with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    pub fn parse(text: &str) -> Result<PublicKey, String> {
        let bytes = text.strip_prefix(ALGORITHM).and_then(from_hex).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        bytes.map(PublicKey).ok_or_else(|| {
            format!("`{text}` is not a public key: write `{ALGORITHM}` and its 64 digits, as `vitrine plugin key new` shows it")
        })
    }

    /// Short, for people.
    pub fn id(&self) -> String {
        format!("{ALGORITHM}{}…", &hex(&self.0)[..ID_LETTERS])
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{ALGORITHM}{}", hex(&self.0))
    }
}

/// A key that signs; kept in a file that only its owner reads.
pub struct SigningKey(Ed25519KeyPair);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    public: String,
    private: String,
}

impl SigningKey {
    pub fn generate() -> Result<SigningKey, String> {
        Ed25519KeyPair::generate().map(SigningKey).map_err(|_| "the system gives no random numbers".to_owned())
    }

    /// Writes it to a new file, readable by its owner only.
    pub fn write(&self, file: &Path) -> Result<(), String> {
        let seed = self.0.seed().and_then(|seed| seed.as_be_bytes()).map_err(|_| "the key cannot be read back".to_owned())?;
        let seed: Curve25519SeedBin<'_> = seed;
        let keys = KeyFile { public: self.public().to_string(), private: hex(seed.as_ref()) };
        let text = toml::to_string(&keys).map_err(|error| error.to_string())?;
        let note = "# Signs plugins for Vitrine: whoever has this file signs in your name.\n";
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options.open(file).and_then(|mut open| {
            open.write_all(note.as_bytes())?;
            open.write_all(text.as_bytes())?;
            open.sync_all()
        });
        written.map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => {
                format!("{} is there already: a key is never overwritten, choose another file by --out", file.display())
            }
            _ => format!("cannot write {}: {error}", file.display()),
        })
    }

    pub fn read(file: &Path) -> Result<SigningKey, String> {
        only_the_owner_reads(file)?;
        let text = std::fs::read_to_string(file)
            .map_err(|error| format!("the key {} cannot be read: {error}; `vitrine plugin key new` makes one", file.display()))?;
        let wrong = || format!("{} is not a key: `vitrine plugin key new` makes one", file.display());
        let keys: KeyFile = toml::from_str(&text).map_err(|_| wrong())?;
        let (public, private) = (PublicKey::parse(&keys.public)?, from_hex(&keys.private).ok_or_else(wrong)?);
        let pair = Ed25519KeyPair::from_seed_and_public_key(&private, &public.0);
        pair.map(SigningKey).map_err(|_| format!("{}: its public and its private key do not belong together", file.display()))
    }

    pub fn public(&self) -> PublicKey {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(self.0.public_key().as_ref());
        PublicKey(bytes)
    }

    /// Signs a plugin file; one that this key has signed already stays as it is.
    pub fn sign(&self, component: &mut Vec<u8>) -> Result<(), String> {
        let public = self.public();
        if signatures(component)?.contains(&public) {
            return Ok(());
        }
        let content = vitrine_pack::signed(component).map_err(|error| format!("{error:#}"))?.content;
        let signature = self.0.sign(message(content).as_bytes());
        vitrine_pack::add_signature(component, &format!("{public} {}", hex(signature.as_ref())));
        Ok(())
    }
}

#[cfg(unix)]
fn only_the_owner_reads(file: &Path) -> Result<(), String> {
    use std::os::unix::fs::PermissionsExt;
    match std::fs::metadata(file) {
        Ok(metadata) if metadata.permissions().mode() & 0o077 != 0 => {
            Err(format!("others may read the key {0}: run `chmod 600 {0}`", file.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(not(unix))]
fn only_the_owner_reads(_file: &Path) -> Result<(), String> {
    Ok(())
}

/// The keys that have signed the file; an error where a signature does not fit what it is on.
pub fn signatures(component: &[u8]) -> Result<Vec<PublicKey>, String> {
    let parts = vitrine_pack::signed(component).map_err(|error| format!("{error:#}"))?;
    let message = message(parts.content);
    let mut keys = Vec::new();
    for text in parts.signatures {
        let text = std::str::from_utf8(text).ok().and_then(|text| text.split_once(' '));
        let (key, signature) = text.ok_or("it carries a signature that cannot be read: it has been altered")?;
        let key = PublicKey::parse(key)?;
        let signature = from_hex(signature).unwrap_or_default();
        UnparsedPublicKey::new(&ED25519, key.0).verify(message.as_bytes(), &signature).map_err(|_| {
            format!(
                "its signature by the key {} does not fit: it has been altered since; get it anew from whoever signed it",
                key.id()
            )
        })?;
        keys.push(key);
    }
    Ok(keys)
}

fn message(content: &[u8]) -> String {
    format!("{PURPOSE}{}", vitrine_pack::digest(content))
}

/// Who stands behind a file, as far as the admin's trust goes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Signer {
    #[default]
    Nobody,
    /// Signed, by a key that the admin does not name.
    Stranger(PublicKey),
    /// Signed by a key that the admin calls so.
    Trusted(String, PublicKey),
}

impl fmt::Display for Signer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Signer::Nobody => formatter.write_str("unsigned"),
            Signer::Stranger(key) => write!(formatter, "unknown ({})", key.id()),
            Signer::Trusted(name, key) => write!(formatter, "{name} ({})", key.id()),
        }
    }
}

/// Whom the admin trusts, and whether it must be one of them.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    keys: Vec<(String, PublicKey)>,
    required: bool,
}

impl Trust {
    /// Keys that cannot be read are left out here, and told by the check of the settings.
    pub fn new(settings: &PluginSettings) -> Trust {
        let key = |trusted: &TrustedKey| Some((trusted.name.clone(), PublicKey::parse(&trusted.key).ok()?));
        Trust { keys: settings.trust.iter().filter_map(key).collect(), required: settings.require_signature }
    }

    /// Who stands behind the file; an error, with the remedy, where it may not be loaded.
    pub fn judge(&self, component: &[u8]) -> Result<Signer, String> {
        let keys = signatures(component)?;
        let trusted = keys.iter().find_map(|key| self.keys.iter().find(|(_, known)| known == key));
        if let Some((name, key)) = trusted {
            return Ok(Signer::Trusted(name.clone(), key.clone()));
        }
        match (keys.into_iter().next(), self.required) {
            (None, false) => Ok(Signer::Nobody),
            (Some(key), false) => Ok(Signer::Stranger(key)),
            (None, true) => Err("it is not signed, and `plugins.require_signature` asks for a signature: have it signed with \
                `vitrine plugin sign`, by somebody whose key is under `plugins.trust`"
                .to_owned()),
            (Some(key), true) => Err(format!(
                "it is signed by the key {key}, which is not trusted: add `{{ name: …, key: \"{key}\" }}` under \
                 `plugins.trust` if you trust whoever holds it"
            )),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks(2);
    digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2)?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    const EMPTY: &[u8] = b"\0asm\x0d\0\x01\0";

    fn trust(keys: &[(&str, &SigningKey)], required: bool) -> Trust {
        let trusted = |(name, key): &(&str, &SigningKey)| TrustedKey { name: (*name).to_owned(), key: key.public().to_string() };
        let settings = PluginSettings {
            trust: keys.iter().map(trusted).collect(),
            require_signature: required,
            ..PluginSettings::default()
        };
        Trust::new(&settings)
    }

    #[test]
    fn who_signed_is_known_and_nobody_else_passes() {
        let (team, stranger) = (SigningKey::generate().unwrap(), SigningKey::generate().unwrap());
        let (mut ours, mut theirs) = (EMPTY.to_vec(), EMPTY.to_vec());
        team.sign(&mut ours).unwrap();
        stranger.sign(&mut theirs).unwrap();

        let strict = trust(&[("team", &team)], true);
        assert_eq!(strict.judge(&ours).unwrap(), Signer::Trusted("team".to_owned(), team.public()));
        let reason = strict.judge(&theirs).unwrap_err();
        assert!(reason.contains(&stranger.public().to_string()) && reason.contains("`plugins.trust`"), "{reason}");
        assert!(strict.judge(EMPTY).unwrap_err().contains("it is not signed"));

        let open = trust(&[("team", &team)], false);
        assert_eq!(open.judge(EMPTY).unwrap(), Signer::Nobody);
        assert_eq!(open.judge(&theirs).unwrap(), Signer::Stranger(stranger.public()));
        // A second signature covers the same bytes; one that is trusted is enough.
        team.sign(&mut theirs).unwrap();
        assert!(matches!(strict.judge(&theirs).unwrap(), Signer::Trusted(..)));
        let before = theirs.clone();
        team.sign(&mut theirs).unwrap();
        assert_eq!(theirs, before);
    }

    #[test]
    fn what_was_altered_is_refused_even_where_nobody_asks_for_signatures() {
        let key = SigningKey::generate().unwrap();
        let mut file = EMPTY.to_vec();
        file.extend([0, 5, 3, b'a', b'b', b'c', 1]);
        let length = file.len();
        key.sign(&mut file).unwrap();
        file[length - 1] ^= 1;
        let reason = trust(&[], false).judge(&file).unwrap_err();
        assert!(reason.contains("altered") && reason.contains(&key.public().id()), "{reason}");
    }

    #[test]
    fn a_key_survives_its_file_and_nobody_else_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("my.key");
        let key = SigningKey::generate().unwrap();
        key.write(&file).unwrap();
        assert_eq!(SigningKey::read(&file).unwrap().public(), key.public());
        assert!(key.write(&file).unwrap_err().contains("never overwritten"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
            assert!(SigningKey::read(&file).err().unwrap().contains("chmod 600"));
        }
    }

    #[test]
    fn keys_are_read_strictly() {
        let key = SigningKey::generate().unwrap().public();
        assert_eq!(PublicKey::parse(&key.to_string()).unwrap(), key);
        for text in ["", "ed25519:", "ed25519:00", &format!("rsa:{}", "0".repeat(64)), &format!("ed25519:{}", "é".repeat(32))] {
            assert!(PublicKey::parse(text).is_err(), "{text}");
        }
    }
}
