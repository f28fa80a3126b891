//! One component under many manifests: builds that differ in what they ask for, without a compiler.

/// Where the manifest lies in a component.
const SECTION: &str = "vitrine:manifest";

/// The component with this `plugin.toml` in place of its own.
pub fn with_manifest(component: &[u8], manifest: &str) -> Vec<u8> {
    let (header, mut rest) = component.split_at(8);
    let mut made = header.to_vec();
    while !rest.is_empty() {
        let (size, width) = number(&rest[1..]);
        let (section, after) = rest.split_at(1 + width + size);
        let content = &section[1 + width..];
        // Id 0 is a custom section: a name with its length, then anything.
        if !(section[0] == 0 && content[1..].starts_with(b"vitrine:")) {
            made.extend_from_slice(section);
        }
        rest = after;
    }
    let mut content = vec![u8::try_from(SECTION.len()).unwrap()];
    content.extend_from_slice(SECTION.as_bytes());
    content.extend_from_slice(manifest.as_bytes());
    made.push(0);
    made.extend(bytes(content.len()));
    made.extend(content);
    made
}

/// LEB128, and how many bytes it took.
fn number(bytes: &[u8]) -> (usize, usize) {
    let mut number = 0;
    for (place, byte) in bytes.iter().enumerate() {
        number |= usize::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return (number, place + 1);
        }
    }
    panic!("the component ends in a number");
}

fn bytes(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = u8::try_from(number & 0x7f).unwrap();
        number >>= 7;
        bytes.push(if number == 0 { low } else { low | 0x80 });
        if number == 0 {
            return bytes;
        }
    }
}
