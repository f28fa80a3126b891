//! `vitrine plugin sign` and `vitrine plugin verify`: who stands behind a file.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, anyhow, bail};
use vitrine_plugin::manifest_of;

use crate::catalog::FILE_BYTES;
use crate::plan::{self, Origins};
use crate::signature::{PublicKey, SigningKey, Trust, signatures};

pub(super) fn sign(file: &Path, key: &Path) -> anyhow::Result<ExitCode> {
    let key = SigningKey::read(key).map_err(anyhow::Error::msg)?;
    let mut component = read(file)?;
    key.sign(&mut component).map_err(|reason| anyhow!("{}: {reason}", file.display()))?;
    // Somebody may be loading it: they see the old file or the new one.
    let beside = file.with_extension(format!("wasm.{}", std::process::id()));
    std::fs::write(&beside, &component)
        .and_then(|()| std::fs::rename(&beside, file))
        .with_context(|| format!("cannot write {}", file.display()))?;
    let mut said = std::io::stdout().lock();
    writeln!(said, "{}", file.display())?;
    writeln!(said, "  signed   {}", key.public())?;
    writeln!(said, "  digest   {}", vitrine_pack::digest(&component))?;
    Ok(ExitCode::SUCCESS)
}

/// With a key: is it signed by that one? Without: by whom, and is it one of those that the settings trust?
pub(super) fn verify(file: &Path, key: Option<&str>, origins: &Origins) -> anyhow::Result<ExitCode> {
    let component = read(file)?;
    let refused = |reason: String| anyhow!("{}: {reason}", file.display());
    let keys = signatures(&component).map_err(refused)?;
    let mut said = std::io::stdout().lock();
    if let Some(key) = key {
        let key = PublicKey::parse(key).map_err(anyhow::Error::msg)?;
        if !keys.contains(&key) {
            bail!("{}: it is not signed by {key}", file.display());
        }
        writeln!(said, "{}: signed by {key}", file.display())?;
        return Ok(ExitCode::SUCCESS);
    }
    if keys.is_empty() {
        bail!("{}: it is not signed; `vitrine plugin sign` does that", file.display());
    }
    // Settings that cannot be read trust nobody.
    let trust = plan::read(origins).map_or_else(|_| Trust::default(), |plan| Trust::new(&plan.settings.plugins));
    writeln!(said, "{}: signed by {}", file.display(), trust.judge(&component).map_err(refused)?)?;
    Ok(ExitCode::SUCCESS)
}

fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    let size = std::fs::metadata(file).with_context(|| file.display().to_string())?.len();
    if size > FILE_BYTES {
        bail!("{} is larger than {} MiB", file.display(), FILE_BYTES >> 20);
    }
    let component = std::fs::read(file).with_context(|| file.display().to_string())?;
    manifest_of(&component).map_err(|reason| anyhow!("{}: {reason}", file.display()))?;
    Ok(component)
}
