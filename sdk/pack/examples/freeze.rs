//! Freezes a version of the interface: a component that imports and exports all of it, in the text format.
//!
//! `cargo run --package vitrine-pack --example freeze -- wit > tests/fixtures/api/0.1.0/source.wat`, when a version of `wit/`
//! is about to be released. From then on the file stays as it is, and `host/plugin/tests/frozen.rs` runs it.

#![expect(clippy::print_stdout, reason = "the component is what it is asked for")]

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::abi::{AbiVariant, WasmType};
use wit_parser::{Function, InterfaceId, Resolve, WorldId, WorldItem};

/// What the frozen guest can do beyond being there: be configured, be checked, and collect one series.
///
/// An answer lies in memory as the canonical ABI says: a zero for "ok", then lists and texts as address and length.
const BODIES: [(&str, &str); 3] = [
    ("lifecycle#configure", "(i32.const 1400)"),
    ("lifecycle#check", "(i32.const 1408)"),
    ("collector#collect", "(drop (call $clock)) (i32.const 1024)"),
];

/// `ok(batch)` at 1024, `ok` at 1400, `ok("frozen")` at 1408; texts from 1300 on.
const DATA: [(u32, &[u8]); 7] = [
    // families, symbols (4 at 1100), labels (4 at 1200), ends (1 at 1240), values (1 at 1248), times
    (1024, b"\0\0\0\0\0\0\0\0\0\0\0\0\x4c\x04\0\0\x04\0\0\0\xb0\x04\0\0\x04\0\0\0\xd8\x04\0\0\x01\0\0\0\xe0\x04\0\0\x01\0\0\0"),
    (1100, b"\x14\x05\0\0\x08\0\0\0\x1c\x05\0\0\x0c\0\0\0\x28\x05\0\0\x03\0\0\0\x2b\x05\0\0\x05\0\0\0"),
    (1200, b"\0\0\0\0\x01\0\0\0\x02\0\0\0\x03\0\0\0"),
    (1240, b"\x04\0\0\0"),
    (1248, b"\0\0\0\0\0\0\x45\x40"),
    (1300, b"__name__frozen_valueapi0.1.0frozen"),
    (1408, b"\0\0\0\0\x30\x05\0\0\x06\0\0\0"),
];

fn main() -> Result<()> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from).context("usage: freeze WIT-FOLDER")?;
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_path(&folder)?;
    let version = resolve.packages[package].name.version.clone().context("the package has no version")?;
    let everything = everything(&resolve, package, &version.to_string());
    let own = resolve.push_str("everything.wit", &everything)?;
    let world = resolve.select_world(&[own], Some("everything"))?;
    let mut module = wat::parse_str(core(&resolve, world)?)?;
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)?;
    let component = ComponentEncoder::default().validate(true).module(&module)?.encode()?;
    println!("{}", wasmprinter::print_bytes(component)?);
    Ok(())
}

/// The interfaces that guests are asked by; all others they ask.
const EXPORTED: [&str; 7] = ["lifecycle", "collector", "queryable", "actions", "logs", "delivery", "rendering"];

fn everything(resolve: &Resolve, package: wit_parser::PackageId, version: &str) -> String {
    let mut text = String::from("package vitrine:frozen;\nworld everything {\n");
    for name in resolve.packages[package].interfaces.keys().filter(|name| *name != "types") {
        let word = if EXPORTED.contains(&name.as_str()) { "export" } else { "import" };
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "  {word} vitrine:plugin/{name}@{version};");
    }
    text + "}\n"
}

/// The core module, as text.
fn core(resolve: &Resolve, world: WorldId) -> Result<String> {
    let mut text = String::from("(module\n");
    let world = &resolve.worlds[world];
    for (interface, function) in functions(resolve, world.imports.values()) {
        let signature = resolve.wasm_signature(AbiVariant::GuestImport, function);
        let name = path(resolve, interface)?;
        let label = if name.contains("/clock@") && function.name == "now" { "$clock" } else { "" };
        let types = types(&signature.params, &signature.results);
        writeln!(text, "(import \"{name}\" \"{}\" (func {label} {types}))", function.name)?;
    }
    for (interface, function) in functions(resolve, world.exports.values()) {
        let signature = resolve.wasm_signature(AbiVariant::GuestExport, function);
        let name = format!("{}#{}", path(resolve, interface)?, function.name);
        let own = BODIES.iter().find(|(wanted, _)| unversioned(&name) == *wanted).map_or("unreachable", |(_, body)| body);
        let types = types(&signature.params, &signature.results);
        writeln!(text, "(func (export \"{name}\") {types} {own})")?;
    }
    text.push_str("(memory (export \"memory\") 2)\n(global $free (mut i32) (i32.const 65536))\n");
    // What the host writes is never given back: the guest lives for a test.
    text.push_str(
        "(func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32) (local $at i32)\n\
         (local.set $at (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))\n\
         (global.set $free (i32.add (local.get $at) (local.get 3)))\n(local.get $at))\n",
    );
    for (place, bytes) in DATA {
        let escaped: String = bytes.iter().map(|byte| format!("\\{byte:02x}")).collect();
        writeln!(text, "(data (i32.const {place}) \"{escaped}\")")?;
    }
    Ok(text + ")\n")
}

fn functions<'a>(
    resolve: &'a Resolve,
    items: impl Iterator<Item = &'a WorldItem>,
) -> impl Iterator<Item = (InterfaceId, &'a Function)> {
    let interfaces = items.filter_map(|item| match item {
        WorldItem::Interface { id, .. } => Some(*id),
        _ => None,
    });
    interfaces.flat_map(|id| resolve.interfaces[id].functions.values().map(move |function| (id, function)))
}

fn path(resolve: &Resolve, interface: InterfaceId) -> Result<String> {
    match resolve.id_of(interface) {
        Some(path) => Ok(path),
        None => bail!("an interface has no name"),
    }
}

/// `collector#collect` of `vitrine:plugin/collector@0.1.0#collect`.
fn unversioned(name: &str) -> String {
    let (interface, function) = name.split_once('#').unwrap_or((name, ""));
    let interface = interface.rsplit('/').next().unwrap_or_default().split('@').next().unwrap_or_default();
    format!("{interface}#{function}")
}

fn types(parameters: &[WasmType], results: &[WasmType]) -> String {
    let word = |kind: &WasmType| match kind {
        WasmType::I64 | WasmType::PointerOrI64 => "i64",
        WasmType::F32 => "f32",
        WasmType::F64 => "f64",
        WasmType::I32 | WasmType::Pointer | WasmType::Length => "i32",
    };
    let list = |name: &str, kinds: &[WasmType]| {
        let words: Vec<&str> = kinds.iter().map(word).collect();
        if words.is_empty() { String::new() } else { format!("({name} {})", words.join(" ")) }
    };
    format!("{} {}", list("param", parameters), list("result", results))
}
