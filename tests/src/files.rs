//! A folder of its own with `config/`, `dashboards/` and `data/`.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::paths;

/// What an admin writes, for one test. The folder goes with the value.
pub struct Files(TempDir);

impl Files {
    /// Empty folders.
    pub fn new() -> Files {
        let files = Files(tempfile::Builder::new().prefix("vitrine-test-").tempdir().unwrap());
        for folder in ["config/alerts", "dashboards"] {
            std::fs::create_dir_all(files.path().join(folder)).unwrap();
        }
        files
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes as careful editors do: a file beside it, then a rename.
    pub fn write(&self, name: &str, text: &str) -> &Files {
        let file = self.path().join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        let beside = file.with_extension("new");
        std::fs::write(&beside, text).unwrap();
        std::fs::rename(&beside, &file).unwrap();
        self
    }

    pub fn remove(&self, name: &str) -> &Files {
        std::fs::remove_file(self.path().join(name)).unwrap();
        self
    }

    /// Compiled code is the user's, as that of `vitrine plugin test`: for guests that take long to compile.
    pub fn with_shared_code(self) -> Files {
        let code = paths::code();
        std::fs::create_dir_all(&code).unwrap();
        std::fs::set_permissions(&code, std::fs::Permissions::from_mode(0o700)).unwrap();
        std::fs::create_dir_all(self.data()).unwrap();
        std::os::unix::fs::symlink(code, self.data().join("code")).unwrap();
        self
    }

    pub fn data(&self) -> PathBuf {
        self.path().join("data")
    }
}

impl Default for Files {
    fn default() -> Files {
        Files::new()
    }
}
