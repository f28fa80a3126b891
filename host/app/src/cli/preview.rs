//! `vitrine preview FILE`: a dashboard while it is written. A host of its own with nothing in it but this dashboard shows it,
//! in a folder that is gone afterwards; samples are those of the running host, asked over HTTP, which only reads.

mod remote;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, anyhow, bail};
use clap::Args;

use super::{ask, query, serve};
use crate::plan::{self, Origins};
use remote::Remote;

/// What is shown.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  vitrine preview dashboards/shop.yaml
  vitrine preview /tmp/idea.yaml --listen 127.0.0.1:8000")]
pub(super) struct Preview {
    /// The dashboard's file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Address of the host whose samples are shown [default: where the settings say that it listens]
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

pub(super) fn run(preview: &Preview, mut origins: Origins) -> anyhow::Result<ExitCode> {
    // A `--listen` is for the preview: the host that is asked listens where files and environment say.
    let own = origins.flags.get("listen").cloned();
    let mut usual = origins.clone();
    if let serde_json::Value::Object(flags) = &mut usual.flags {
        flags.remove("listen");
    }
    let settings = plan::read(&usual).map_err(|(problems, _)| anyhow!("{}", problems.render(false)))?.settings;
    let address = preview.url.clone().unwrap_or_else(|| query::reachable(&settings.listen.to_string()));
    ask::get(&address, "/api/v1/status/buildinfo")
        .context("a preview shows the samples of a running host: start one, or name it with `--url`")?;
    let (folder, file) = place(&preview.file, &settings.dashboards_dir)?;
    let data = tempfile::tempdir().context("there is no room for the preview's own files")?;
    if let serde_json::Value::Object(flags) = &mut origins.flags {
        let text = |path: &Path| serde_json::Value::String(path.to_string_lossy().into_owned());
        flags.insert("data_dir".to_owned(), text(data.path()));
        flags.insert("dashboards_dir".to_owned(), text(&folder));
        flags.insert("listen".to_owned(), own.unwrap_or_else(|| "127.0.0.1:0".into()));
    }
    let name = file.strip_prefix(&folder).unwrap_or(&file).with_extension("").to_string_lossy().into_owned();
    origins.preview = Some(plan::Preview { file, data_dir: settings.data_dir });
    serve::show(origins, Some(serve::Shown { samples: Arc::new(Remote::new(address)), path: format!("/d/{name}") }))
}

/// The folder of the dashboards as it counts for this file, and the file in it.
fn place(file: &Path, dashboards: &Path) -> anyhow::Result<(PathBuf, PathBuf)> {
    let real = file.canonicalize().with_context(|| format!("{} cannot be shown", file.display()))?;
    let begins = real.file_name().is_some_and(|name| name.to_string_lossy().starts_with('_'));
    if begins || !real.extension().is_some_and(|ending| ending == "yaml" || ending == "yml") {
        bail!("{} is no dashboard: name a file that ends with `.yaml` and does not begin with `_`", file.display());
    }
    // One of the usual folder may include what lies there.
    let usual = dashboards.canonicalize().ok().filter(|folder| real.starts_with(folder));
    let folder = usual.or_else(|| real.parent().map(Path::to_owned)).unwrap_or_default();
    Ok((folder, real))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_the_usual_folder_keeps_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("dashboards/team")).unwrap();
        for name in ["dashboards/team/web.yaml", "idea.yaml", "_part.yaml", "notes.txt"] {
            std::fs::write(root.join(name), "title: x").unwrap();
        }
        let dashboards = root.join("dashboards");
        let inside = root.join("dashboards/team/web.yaml");
        assert_eq!(place(&inside, &dashboards).unwrap(), (dashboards.clone(), inside));
        assert_eq!(place(&root.join("idea.yaml"), &dashboards).unwrap(), (root.clone(), root.join("idea.yaml")));
        for name in ["_part.yaml", "notes.txt", "none.yaml"] {
            assert!(place(&root.join(name), &dashboards).is_err(), "{name}");
        }
    }
}
