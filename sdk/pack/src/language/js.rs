//! JavaScript and TypeScript: esbuild and QuickJS, from npm.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::cache::{self, Key};
use super::tool;
use crate::manifest::Kind;
use crate::sources;

const INSTALL: &str = "install Node.js 20 or later (on Debian: `sudo apt-get install nodejs npm`)";
const NODE: (u32, u32) = (20, 0);

/// What is no source of the plugin's.
const SKIPPED: [&str; 6] = ["node_modules", ".git", ".vitrine", "test", "tests", "README.md"];

/// Where the toolchain lies among the SDK's files.
const TOOLCHAIN: &str = "js/toolchain/";

pub(super) fn compile(folder: &Path, kind: Kind, progress: &mut dyn FnMut(&str)) -> Result<Vec<u8>> {
    let package = Package::read(folder)?;
    tool::version("node", NODE, INSTALL)?;
    tool::version("npm", (7, 0), INSTALL)?;
    let mut key = Key::default();
    key.add(b"js");
    key.add(kind.word().as_bytes());
    key.add(cache::sdk_key().as_bytes());
    key.add_folder(folder, &SKIPPED)?;
    cache::component(key, || {
        let toolchain = toolchain(progress)?;
        package.install(folder, progress)?;
        let work = folder.join(".vitrine");
        fs::create_dir_all(&work).with_context(|| format!("cannot create the folder {}", work.display()))?;
        let component = work.join("component.wasm");
        let sdk = cache::sdk()?;
        let mut command = Command::new("node");
        command.arg(toolchain.join("build.mjs")).arg("--folder").arg(folder).args(["--main", &package.main]);
        command.args(["--world", kind.word()]).arg("--sdk").arg(sdk.join("js")).arg("--wit").arg(sdk.join("wit"));
        command.arg("--out").arg(&component).current_dir(folder);
        tool::run(&mut command, "making a component of it", progress)?;
        fs::read(&component).with_context(|| format!("cannot read {}", component.display()))
    })
}

/// esbuild and componentize-qjs, as the lock file has them.
fn toolchain(progress: &mut dyn FnMut(&str)) -> Result<PathBuf> {
    let files: Vec<(&str, &[u8])> =
        sources::all().iter().filter_map(|(place, bytes)| Some((place.strip_prefix(TOOLCHAIN)?, *bytes))).collect();
    let mut key = Key::default();
    for (name, bytes) in &files {
        key.add(name.as_bytes());
        key.add(bytes);
    }
    cache::filled(&format!("js-{}", key.name()), |folder| {
        files.iter().try_for_each(|(name, bytes)| sources::create(&folder.join(name), bytes))?;
        progress("getting esbuild and componentize-qjs (50 MB, once)");
        let mut command = Command::new("npm");
        command.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"]).current_dir(folder);
        tool::run(&mut command, "getting the toolchain by `npm ci`", progress)
    })
}

/// `package.json`, as far as it matters here.
struct Package {
    main: String,
    has_dependencies: bool,
}

impl Package {
    fn read(folder: &Path) -> Result<Package> {
        let path = folder.join("package.json");
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let package: Value = serde_json::from_str(&text).with_context(|| format!("{} is no JSON", path.display()))?;
        let main = package["main"].as_str().unwrap_or("src/index.js").to_owned();
        ensure!(
            folder.join(&main).is_file(),
            "{} is missing: set `main` in {} to the plugin's main module",
            folder.join(&main).display(),
            path.display()
        );
        let dependencies = package["dependencies"].as_object();
        let has_dependencies = dependencies.is_some_and(|names| names.keys().any(|name| name != "vitrine-sdk"));
        Ok(Package { main, has_dependencies })
    }

    /// The plugin's own npm packages. The SDK is not one of them: it is the one that this release carries.
    fn install(&self, folder: &Path, progress: &mut dyn FnMut(&str)) -> Result<()> {
        if !self.has_dependencies {
            return Ok(());
        }
        let verb = if folder.join("package-lock.json").is_file() { "ci" } else { "install" };
        progress(&format!("npm {verb}"));
        let mut command = Command::new("npm");
        command.args([verb, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"]).current_dir(folder);
        tool::run(&mut command, &format!("getting the plugin's packages by `npm {verb}`"), progress)
    }
}
