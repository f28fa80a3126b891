//! A plugin's folder → `<name>.wasm`.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use crate::component::{digest, embed};
use crate::language::Language;
use crate::manifest::{Kind, Manifest};
use crate::sources;
use crate::toolchain::Toolchain;

/// The profile that a workspace may define for its guests; else they are built as `release`.
const PROFILE: &str = "guest";

/// One plugin's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    pub name: String,
    pub version: String,
    pub path: PathBuf,
    pub bytes: usize,
    pub digest: String,
}

/// How the file is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum File {
    /// `NAME.wasm`: what a host's folder of plugins takes, whatever the version.
    Plain,
    /// `NAME-VERSION.vitrine.wasm`: what is handed on.
    Versioned,
}

/// Builds one plugin into `out/<name>.wasm`.
pub fn build(folder: &Path, out: &Path, progress: &mut dyn FnMut(&str)) -> Result<PathBuf> {
    let built = build_all(&[folder.to_owned()], out, File::Plain, progress)?;
    built.into_iter().next().map(|built| built.path).context("nothing was built")
}

/// Builds several plugins, the crates of one workspace with one call of cargo. `progress` is given the compiler's own
/// lines, its errors among them, and one for each plugin.
pub fn build_all(folders: &[PathBuf], out: &Path, file: File, progress: &mut dyn FnMut(&str)) -> Result<Vec<Built>> {
    let plugins = folders.iter().map(|folder| Plugin::read(folder)).collect::<Result<Vec<_>>>()?;
    fs::create_dir_all(out).with_context(|| format!("cannot create the folder {}", out.display()))?;
    for plugin in &plugins {
        sources::refresh(&plugin.folder)?;
    }
    let mut modules = crates(&plugins, progress)?;
    for plugin in plugins.iter().filter(|plugin| plugin.language != Language::Rust) {
        let component = plugin.language.compile(&plugin.folder, plugin.kind, progress)?;
        modules.insert(plugin.folder.clone(), component);
    }
    plugins.iter().map(|plugin| plugin.pack(&modules, out, file, progress)).collect()
}

/// The core modules of those that are crates, by their folders.
fn crates(plugins: &[Plugin], progress: &mut dyn FnMut(&str)) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let crates: Vec<&Plugin> = plugins.iter().filter(|plugin| plugin.language == Language::Rust).collect();
    if crates.is_empty() {
        return Ok(BTreeMap::new());
    }
    let toolchain = Toolchain::find(progress)?;
    let mut workspaces: BTreeMap<PathBuf, Workspace> = BTreeMap::new();
    for plugin in &crates {
        let metadata = Metadata::of(&toolchain, plugin)?;
        let package = metadata.package(plugin)?;
        let workspace = workspaces.entry(metadata.workspace_root.clone()).or_insert_with(|| Workspace {
            root: metadata.workspace_root,
            target: metadata.target_directory.join(toolchain.subfolder()),
            packages: Vec::new(),
        });
        workspace.packages.push(package);
    }
    let mut modules = BTreeMap::new();
    for workspace in workspaces.values() {
        let compiled = workspace.compile(&toolchain, progress)?;
        for plugin in &crates {
            if let Some(module) = compiled.get(&plugin.crate_manifest()) {
                let bytes = fs::read(module).with_context(|| format!("cannot read {}", module.display()))?;
                modules.insert(plugin.folder.clone(), bytes);
            }
        }
    }
    Ok(modules)
}

/// A plugin's folder, with its manifest already checked: a mistake there is told before anything is compiled.
struct Plugin {
    folder: PathBuf,
    language: Language,
    kind: Kind,
    name: String,
    version: String,
    manifest: String,
}

impl Plugin {
    fn read(folder: &Path) -> Result<Plugin> {
        let folder = folder.canonicalize().with_context(|| format!("there is no folder {}", folder.display()))?;
        let language = Language::of(&folder)?;
        let path = folder.join("plugin.toml");
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        match Manifest::parse(&text) {
            Ok(manifest) => Ok(Plugin {
                folder,
                language,
                kind: manifest.kind,
                name: manifest.name,
                version: manifest.version,
                manifest: text,
            }),
            Err(error) => {
                let problems: Vec<String> =
                    error.problems.iter().map(|problem| format!("{}:{problem}", path.display())).collect();
                bail!("{}", problems.join("\n"))
            }
        }
    }

    fn crate_manifest(&self) -> PathBuf {
        self.folder.join("Cargo.toml")
    }

    fn pack(
        &self,
        modules: &BTreeMap<PathBuf, Vec<u8>>,
        out: &Path,
        file: File,
        progress: &mut dyn FnMut(&str),
    ) -> Result<Built> {
        let module = modules.get(&self.folder).with_context(|| {
            format!("{} makes no module: add `crate-type = [\"cdylib\", \"rlib\"]` under [lib]", self.folder.display())
        })?;
        let component = embed(module, &self.manifest).with_context(|| format!("cannot pack {}", self.name))?;
        let path = out.join(match file {
            File::Plain => format!("{}.wasm", self.name),
            File::Versioned => format!("{}-{}.vitrine.wasm", self.name, self.version),
        });
        write_if_changed(&path, &component)?;
        progress(&format!("{} {} kB", self.name, component.len().div_ceil(1000)));
        Ok(Built {
            name: self.name.clone(),
            version: self.version.clone(),
            path,
            bytes: component.len(),
            digest: digest(&component),
        })
    }
}

/// Leaves the file's time alone where nothing changed, so that nothing is built anew for it. Others see the old file
/// or the new one, never half of it.
fn write_if_changed(path: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    let unfinished = path.with_extension(format!("wasm.{}", std::process::id()));
    fs::write(&unfinished, bytes)
        .and_then(|()| fs::rename(&unfinished, path))
        .with_context(|| format!("cannot write {}", path.display()))
}

/// What `cargo metadata` says of the workspace that a plugin is in.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    workspace_root: PathBuf,
    target_directory: PathBuf,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    manifest_path: PathBuf,
}

impl Metadata {
    fn of(toolchain: &Toolchain, plugin: &Plugin) -> Result<Metadata> {
        let answer = toolchain
            .cargo()
            .args(["metadata", "--no-deps", "--format-version", "1", "--manifest-path"])
            .arg(plugin.crate_manifest())
            .output()
            .context("cannot start cargo")?;
        ensure!(answer.status.success(), "cargo metadata failed\n{}", String::from_utf8_lossy(&answer.stderr));
        serde_json::from_slice(&answer.stdout).context("cargo metadata answered something unexpected")
    }

    fn package(&self, plugin: &Plugin) -> Result<String> {
        let path = plugin.crate_manifest();
        let package = self.packages.iter().find(|package| package.manifest_path == path);
        Ok(package.with_context(|| format!("{} is no package", path.display()))?.name.clone())
    }
}

struct Workspace {
    root: PathBuf,
    /// The guests' own, so that they do not wait for the host's build.
    target: PathBuf,
    packages: Vec<String>,
}

/// A line of cargo's JSON output, as far as it matters here.
#[derive(Deserialize)]
struct Message {
    manifest_path: Option<PathBuf>,
    #[serde(default)]
    filenames: Vec<PathBuf>,
}

impl Workspace {
    /// Compiles all packages; answers the module of each crate's `Cargo.toml`.
    fn compile(&self, toolchain: &Toolchain, progress: &mut dyn FnMut(&str)) -> Result<BTreeMap<PathBuf, PathBuf>> {
        let mut command = toolchain.build();
        command.current_dir(&self.root).arg("--target-dir").arg(&self.target);
        command.args(["--lib", "--message-format", "json-render-diagnostics", "--profile", self.profile()]);
        command.args(["--config", &self.flags()]);
        for package in &self.packages {
            command.args(["--package", package]);
        }
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().context("cannot start cargo")?;
        // Read aside: neither pipe may fill up while the other is read.
        let output = child.stdout.take().map(|mut stdout| {
            std::thread::spawn(move || {
                let mut text = String::new();
                stdout.read_to_string(&mut text).map(|_| text)
            })
        });
        for line in child.stderr.take().into_iter().flat_map(|stderr| BufReader::new(stderr).lines()) {
            let line = line.context("cannot read what cargo says")?;
            progress(line.trim_end());
        }
        let status = child.wait().context("cannot wait for cargo")?;
        ensure!(status.success(), "cargo could not compile {}; what it said is above", self.packages.join(", "));
        let output = output.and_then(|reader| reader.join().ok()).context("cargo said nothing")?;
        modules(&output.context("cannot read what cargo made")?)
    }

    fn profile(&self) -> &'static str {
        let text = fs::read_to_string(self.root.join("Cargo.toml")).unwrap_or_default();
        let workspace: toml::Table = text.parse().unwrap_or_default();
        match workspace.get("profile").and_then(|profiles| profiles.get(PROFILE)) {
            Some(_) => PROFILE,
            None => "release",
        }
    }

    /// The same source gives the same component, wherever it is compiled: no path of this machine gets into it.
    fn flags(&self) -> String {
        let mut flags = vec![format!("--remap-path-prefix={}/=", self.root.display())];
        let home = std::env::var_os("HOME").map(PathBuf::from);
        let cargo = std::env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| home.map(|home| home.join(".cargo")));
        flags.extend(cargo.map(|cargo| format!("--remap-path-prefix={}=cargo", cargo.display())));
        let flags = toml::Value::from(flags);
        format!("target.wasm32-unknown-unknown.rustflags={flags}")
    }
}

fn modules(output: &str) -> Result<BTreeMap<PathBuf, PathBuf>> {
    let mut modules = BTreeMap::new();
    for line in output.lines() {
        let message: Message = serde_json::from_str(line).context("cargo answered something unexpected")?;
        let module = message.filenames.into_iter().find(|file| file.extension().is_some_and(|ending| ending == "wasm"));
        if let (Some(manifest), Some(module)) = (message.manifest_path, module) {
            modules.insert(manifest, module);
        }
    }
    Ok(modules)
}
