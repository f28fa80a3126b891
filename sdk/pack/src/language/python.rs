//! Python: componentize-py, from PyPI, in a virtual environment of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use super::cache::{self, Key};
use super::tool;
use crate::manifest::Kind;
use crate::sources;

const INSTALL: &str = "install Python 3.11 or later (on Debian: `sudo apt-get install python3 python3-venv`)";
const PYTHON: (u32, u32) = (3, 11);

/// What is no source of the plugin's.
const SKIPPED: [&str; 6] = ["__pycache__", ".git", ".vitrine", "tests", ".venv", "README.md"];

const REQUIREMENTS: &str = "python/toolchain/requirements.txt";

pub(super) fn compile(folder: &Path, kind: Kind, progress: &mut dyn FnMut(&str)) -> Result<Vec<u8>> {
    let project = Project::read(folder)?;
    let version = tool::version("python3", PYTHON, INSTALL)?;
    let mut key = Key::default();
    key.add(b"python");
    key.add(kind.word().as_bytes());
    key.add(cache::sdk_key().as_bytes());
    key.add_folder(folder, &SKIPPED)?;
    cache::component(key, || {
        let environment = environment(&version, progress)?;
        let packages = project.packages(&environment, progress)?;
        let sdk = cache::sdk()?;
        let work = folder.join(".vitrine");
        let entry = work.join("entry");
        sources::create(&entry.join("vitrine_entry.py"), project.entry(kind).as_bytes())?;
        let component = work.join("component.wasm");
        let mut command = Command::new(environment.join("bin/componentize-py"));
        // Named, so that packages of the machine's own do not get in.
        command.env("VIRTUAL_ENV", &environment).current_dir(folder);
        command.arg("--quiet").arg("--wit-path").arg(sdk.join("wit")).args(["--world", kind.word()]);
        command.args(["componentize", "vitrine_entry", "--output"]).arg(&component);
        for place in [Some(entry.as_path()), Some(&sdk.join("python")), Some(folder), packages.as_deref()].into_iter().flatten() {
            command.arg("--python-path").arg(place);
        }
        if kind == Kind::Panel {
            // A panel imports nothing but `log`; the others' interpreter asks WASI for time and random numbers.
            command.arg("--stub-wasi");
        }
        progress("putting it into a Python interpreter (this takes 10 s or more)");
        tool::run(&mut command, "making a component of it", progress)?;
        fs::read(&component).with_context(|| format!("cannot read {}", component.display()))
    })
}

/// A virtual environment with componentize-py.
fn environment(version: &str, progress: &mut dyn FnMut(&str)) -> Result<PathBuf> {
    let requirements = sources::all().iter().find(|(place, _)| *place == REQUIREMENTS);
    let (_, requirements) = requirements.context("the SDK for Python is not part of this build")?;
    let mut key = Key::default();
    key.add(version.as_bytes());
    key.add(requirements);
    cache::filled(&format!("python-{}", key.name()), |folder| {
        let mut command = Command::new("python3");
        command.args(["-m", "venv"]).arg(folder);
        let made = tool::run(&mut command, "making a virtual environment", progress);
        made.context("python3 has no `venv`: on Debian run `sudo apt-get install python3-venv`, then try again")?;
        let list = folder.join("requirements.txt");
        sources::create(&list, requirements)?;
        progress("getting componentize-py (20 MB, once)");
        tool::run(pip(folder).arg("--requirement").arg(&list), "getting the toolchain by `pip install`", progress)
    })
}

/// `pip install`, of ready-made packages only: nothing is run to install them.
fn pip(environment: &Path) -> Command {
    let mut command = Command::new(environment.join("bin/python"));
    command.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--only-binary", ":all:"]);
    command
}

/// `pyproject.toml`, as far as it matters here.
struct Project {
    main: String,
    dependencies: Vec<String>,
}

impl Project {
    fn read(folder: &Path) -> Result<Project> {
        let path = folder.join("pyproject.toml");
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let table: toml::Table = text.parse().with_context(|| format!("{} is no TOML", path.display()))?;
        let project = table.get("project").and_then(toml::Value::as_table);
        let name = project.and_then(|project| project.get("name")).and_then(toml::Value::as_str).unwrap_or("plugin");
        let own = table.get("tool").and_then(|tool| tool.get("vitrine"));
        let main = own.and_then(|own| own.get("main")).and_then(toml::Value::as_str);
        let main = main.map_or_else(|| name.replace('-', "_"), str::to_owned);
        let is_module = !main.is_empty() && main.chars().all(|letter| letter.is_alphanumeric() || letter == '_' || letter == '.');
        let file = folder.join(main.replace('.', "/"));
        ensure!(
            is_module && (file.with_extension("py").is_file() || file.join("__init__.py").is_file()),
            "there is no module `{main}` in {}: set `main` under [tool.vitrine] in pyproject.toml",
            folder.display()
        );
        let listed = project.and_then(|project| project.get("dependencies")).and_then(toml::Value::as_array);
        let dependencies = listed.into_iter().flatten().filter_map(toml::Value::as_str).map(str::to_owned).collect();
        Ok(Project { main, dependencies })
    }

    /// The module that the component is made of.
    fn entry(&self, kind: Kind) -> String {
        let (module, classes) = match kind {
            Kind::DataSource => ("source", "Lifecycle, Collector, Queryable, Actions, Logs"),
            Kind::AlertChannel => ("channel", "Lifecycle, Delivery"),
            Kind::Panel => ("panel", "(Rendering,)"),
        };
        format!(
            "from vitrine_sdk._export import plugin_of\nfrom vitrine_sdk._guest import {module}\n\nimport {}\n\n\
             {classes} = {module}.serve(plugin_of(\"{kind}\"))\n",
            self.main
        )
    }

    /// The plugin's own packages: pure Python, as there is no other in the sandbox.
    fn packages(&self, environment: &Path, progress: &mut dyn FnMut(&str)) -> Result<Option<PathBuf>> {
        let wanted: Vec<&String> = self.dependencies.iter().filter(|name| !name.starts_with("vitrine-sdk")).collect();
        if wanted.is_empty() {
            return Ok(None);
        }
        if let Some(option) = wanted.iter().find(|name| name.starts_with('-')) {
            bail!("`{option}` in pyproject.toml is no package");
        }
        let mut key = Key::default();
        wanted.iter().for_each(|name| key.add(name.as_bytes()));
        let packages = cache::filled(&format!("packages-{}", key.name()), |folder| {
            progress("pip install");
            let mut command = pip(environment);
            command.args(["--platform", "any", "--implementation", "py", "--abi", "none", "--target"]).arg(folder).args(&wanted);
            tool::run(&mut command, "getting the plugin's packages, in pure Python, by `pip install`", progress)
        })?;
        Ok(Some(packages))
    }
}
