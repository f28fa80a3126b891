//! The host's seal under links that people share: HMAC-SHA256 with a key of this data folder.
//!
//! The key is a file that only the host's user can read. It is read for each seal, so that a new one counts at once: then
//! no older link holds any more.

use std::io::Write;
use std::path::{Path, PathBuf};

use aws_lc_rs::{hmac, rand};
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
}
