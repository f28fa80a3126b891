//! The host's seal under links that people share, and those in messages: HMAC-SHA256 with a key of this data folder. And the
//! seals of others, by secrets that they share with a channel.
//!
//! The key is a file that only the host's user can read. It is read for each seal, so that a new one counts at once: then
//! no older link holds any more.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use aws_lc_rs::{hmac, rand};
use vitrine_plugin::Instance;
use vitrine_web::Signed;
use vitrine_web::share::Seal;

const KEY_BYTES: usize = 32;

/// The key of a data folder.
#[derive(Debug, Clone)]
pub struct FileSeal {
    file: PathBuf,
}

impl FileSeal {
    pub fn new(data_dir: &Path) -> FileSeal {
        FileSeal { file: data_dir.join("share.key") }
    }

    /// Takes another key: whatever was sealed before is not known any more.
    pub fn renew(&self) -> Result<(), String> {
        let cannot = |error: std::io::Error| format!("cannot write {}: {error}", self.file.display());
        let mut key = [0; KEY_BYTES];
        rand::fill(&mut key).map_err(|_| "the operating system gives no random numbers".to_owned())?;
        let beside = self.file.with_extension("key.new");
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&beside).map_err(cannot)?;
        file.write_all(&key).and_then(|()| file.sync_all()).map_err(cannot)?;
        std::fs::rename(&beside, &self.file).map_err(cannot)
    }

    /// Made when first needed.
    fn key(&self) -> Result<hmac::Key, String> {
        let read = || std::fs::read(&self.file);
        let bytes = match read() {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                self.renew()?;
                read()
            }
            other => other,
        };
        let bytes = bytes.map_err(|error| format!("cannot read {}: {error}", self.file.display()))?;
        match bytes.len() {
            KEY_BYTES => Ok(hmac::Key::new(hmac::HMAC_SHA256, &bytes)),
            other => Err(format!("{} has {other} bytes instead of {KEY_BYTES}: remove it, and share anew", self.file.display())),
        }
    }
}

impl Seal for FileSeal {
    fn seal(&self, text: &[u8]) -> Result<Vec<u8>, String> {
        Ok(hmac::sign(&self.key()?, text).as_ref().to_vec())
    }

    fn holds(&self, text: &[u8], seal: &[u8]) -> Result<bool, String> {
        Ok(hmac::verify(&self.key()?, text, seal).is_ok())
    }
}

/// The secrets of a channel.
pub struct SecretSeal(pub Arc<Instance>);

#[async_trait]
impl Signed for SecretSeal {
    async fn holds(&self, secret: &str, text: &[u8], mac: &[u8]) -> Result<bool, String> {
        Ok(is_signed(self.0.secret(secret).await?.as_bytes(), text, mac))
    }
}

fn is_signed(secret: &[u8], text: &[u8], mac: &[u8]) -> bool {
    // What the far side makes is not ours to choose; as a MAC, SHA-1 still holds.
    hmac::verify(&hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret), text, mac).is_ok()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
mod tests {
    use super::*;

    #[test]
    fn a_seal_holds_until_the_key_is_another() {
        let folder = tempfile::tempdir().unwrap();
        let seal = FileSeal::new(folder.path());
        let sealed = seal.seal(b"shop").unwrap();
        assert_eq!(sealed.len(), 32);
        assert!(FileSeal::new(folder.path()).holds(b"shop", &sealed).unwrap());
        assert!(!seal.holds(b"ship", &sealed).unwrap() && !seal.holds(b"shop", &sealed[1..]).unwrap());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(folder.path().join("share.key")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        seal.renew().unwrap();
        assert!(!seal.holds(b"shop", &sealed).unwrap());
        std::fs::write(folder.path().join("share.key"), "short").unwrap();
        assert!(seal.seal(b"shop").unwrap_err().contains("remove it"));
    }

    /// Twilio's own example: <https://www.twilio.com/docs/usage/security#validating-requests>.
    #[test]
    fn a_channels_far_side_is_known_by_its_signature() {
        let text = "https://mycompany.com/myapp.php?foo=1&bar=2CallSidCA1234567890ABCDECaller+14158675309Digits1234From+14158675309\
            To+18005551212";
        // In base64: RSOYDt4T1cUTdK1PDd93/VVr8B8=
        let mac = [
            0x45, 0x23, 0x98, 0x0e, 0xde, 0x13, 0xd5, 0xc5, 0x13, 0x74, 0xad, 0x4f, 0x0d, 0xdf, 0x77, 0xfd, 0x55, 0x6b, 0xf0,
            0x1f,
        ];
        assert!(is_signed(b"12345", text.as_bytes(), &mac));
        assert!(!is_signed(b"12346", text.as_bytes(), &mac) && !is_signed(b"12345", text.as_bytes(), &mac[1..]));
        assert!(!is_signed(b"12345", text.as_bytes(), b""));
    }
}
