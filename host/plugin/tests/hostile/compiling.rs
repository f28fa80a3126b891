//! Compiling that takes too long or too much is stopped, and nothing is taken for code that is none.

use std::path::PathBuf;

use vitrine_plugin::settings::PluginSettings;

use crate::text::Text;
use crate::world::{Sandbox, settings};

async fn compiled_by(script: &str) -> String {
    let sandbox = Sandbox::with(PluginSettings { compile_seconds: 1, ..settings() });
    sandbox.runtime.compile_with(PathBuf::from("/bin/sh"), &["-c", script, "compiler"]);
    let file = Text::source().file();
    let first = sandbox.refusal(&file).await;
    // Not tried again for as long.
    let second = sandbox.refusal(&file).await;
    assert!(second.starts_with(&first), "{second}");
    first
}

#[tokio::test]
async fn a_compiler_that_does_not_end_is_stopped() {
    let reason = compiled_by("exec sleep 1000").await;
    assert!(reason.contains("took more than 1 s") && reason.contains("plugins.compile_seconds"), "{reason}");
}

#[tokio::test]
async fn a_compiler_that_is_killed_has_taken_too_much() {
    let reason = compiled_by("kill -9 $$").await;
    assert!(reason.contains("2048 MiB of memory") && reason.contains("plugins.compile_memory_mib"), "{reason}");
}

#[tokio::test]
async fn a_compilers_own_words_are_passed_on() {
    assert_eq!(compiled_by("echo 'it does not compile: no' >&2; exit 1").await, "it does not compile: no");
}

#[tokio::test]
async fn what_is_no_code_is_not_run() {
    let sandbox = Sandbox::new();
    sandbox.runtime.compile_with(PathBuf::from("/bin/sh"), &["-c", "cat >/dev/null; echo nonsense", "compiler"]);
    let reason = sandbox.refusal(&Text::source().file()).await;
    assert!(reason.contains("its compiled code cannot be loaded"), "{reason}");
}

#[tokio::test]
async fn a_component_that_does_not_compile_is_told_why() {
    let sandbox = Sandbox::new();
    let log = "(import \"vitrine:plugin/log@0.1.0\" (instance))";
    let wrong = wat::parse_str(format!("(component {log} (core module (func (result i32) f64.const 1)))")).unwrap();
    let about = crate::text::manifest("data-source", "offers = [\"collector\"]\n");
    let reason = sandbox.refusal(&crate::text::with_manifest(&wrong, &about)).await;
    assert!(reason.starts_with("it does not compile") && reason.contains("expected i32"), "{reason}");
}
