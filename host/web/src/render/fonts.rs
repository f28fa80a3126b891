//! The letters of pictures: ours first, and those of the machine for scripts that ours do not have.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use resvg::usvg::fontdb::{Database, FaceInfo, ID, Source, Style};
use resvg::usvg::roxmltree::{Document, Node};
use resvg::usvg::{FontResolver, ImageHrefResolver, ImageKind, Options, Tree};

use crate::draw::still::letters::{FACES, Weight};

/// More pixels of a picture within a picture nobody sees; unpacked, each takes four bytes.
const PIXELS_MOST: usize = 4_000_000;

struct Letters {
    database: Arc<Database>,
    /// In the order of `FACES`.
    own: Vec<(ID, Weight)>,
}

static LETTERS: LazyLock<Letters> = LazyLock::new(|| {
    let mut database = Database::new();
    let mut own = Vec::new();
    for (bytes, weight) in &FACES {
        let ids = database.load_font_source(Source::Binary(Arc::new(*bytes)));
        own.extend(ids.into_iter().map(|id| (id, *weight)));
    }
    Letters { database: Arc::new(database), own }
});

/// With the machine's fonts too: they are looked for when somebody first needs one.
static ALL: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut database = LETTERS.database.as_ref().clone();
    database.load_system_fonts();
    Arc::new(database)
});

/// Letters of the machine's fonts that were looked for, and how many are.
static FOUND: LazyLock<Mutex<HashMap<char, Option<ID>>>> = LazyLock::new(Mutex::default);
const LETTERS_MOST: usize = 2_000;

/// How a drawing is read: our letters, nothing from the disk, and nothing from elsewhere.
pub(super) fn options() -> Options<'static> {
    Options {
        fontdb: Arc::clone(&LETTERS.database),
        font_resolver: FontResolver {
            select_font: Box::new(|font, _| first(if font.weight() >= 600 { Weight::Bold } else { Weight::Usual })),
            select_fallback: Box::new(other),
        },
        image_href_resolver: ImageHrefResolver {
            resolve_data: Box::new(|kind, bytes, _| if kind == "image/svg+xml" { drawing(&bytes) } else { picture(bytes) }),
            resolve_string: Box::new(|_, _| None),
        },
        ..Options::default()
    }
}

fn first(weight: Weight) -> Option<ID> {
    LETTERS.own.iter().find(|(_, own)| *own == weight).map(|(id, _)| *id)
}

/// Another font that has the letter: of ours one of the same weight, then any.
fn other(letter: char, tried: &[ID], database: &mut Arc<Database>) -> Option<ID> {
    let weight = LETTERS.own.iter().find(|(id, _)| tried.first() == Some(id)).map(|(_, weight)| *weight);
    let has = |database: &Database, id: ID| !tried.contains(&id) && has_letter(database, id, letter);
    let own = |same: bool| {
        let mut faces = LETTERS.own.iter().filter(|(_, own)| (Some(*own) == weight) == same);
        faces.find(|(id, _)| has(database, *id)).map(|(id, _)| *id)
    };
    if let Some(id) = own(true).or_else(|| own(false)) {
        return Some(id);
    }
    let found = of_machine(letter).filter(|id| !tried.contains(id))?;
    *database = Arc::clone(&ALL);
    Some(found)
}

/// Which of the machine's fonts has a letter. Each of them is opened to see: so it is asked once, and not for ever more letters.
fn of_machine(letter: char) -> Option<ID> {
    let mut known = FOUND.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = known.get(&letter) {
        return *found;
    }
    if known.len() >= LETTERS_MOST {
        return None;
    }
    let mut faces: Vec<&FaceInfo> = ALL.faces().collect();
    // An upright one without serifs of usual weight, before any other.
    let has_serifs = |face: &FaceInfo| !face.families.iter().any(|(name, _)| name.contains("Sans"));
    faces.sort_by_key(|face| (face.style != Style::Normal, has_serifs(face), face.monospaced, face.weight.0.abs_diff(400)));
    let found = faces.into_iter().find(|face| has_letter(&ALL, face.id, letter)).map(|face| face.id);
    known.insert(letter, found);
    found
}

fn has_letter(database: &Database, id: ID, letter: char) -> bool {
    use ttf_parser::Face;
    let has = |bytes: &[u8], index: u32| Face::parse(bytes, index).is_ok_and(|face| face.glyph_index(letter).is_some());
    database.with_face_data(id, has).unwrap_or(false)
}

/// What a drawing within a drawing may be made of: nothing that stands for more than it says, and nothing that refers.
const PLAIN: [&str; 19] = [
    "svg",
    "g",
    "path",
    "line",
    "polyline",
    "polygon",
    "rect",
    "circle",
    "ellipse",
    "text",
    "tspan",
    "title",
    "desc",
    "style",
    "defs",
    "linearGradient",
    "radialGradient",
    "stop",
    "metadata",
];
const DRAWING_BYTES: usize = 256 << 10;
/// One that is deep would be drawn by as many calls within each other.
const DEPTH_MOST: usize = 50;

fn drawing(bytes: &[u8]) -> Option<ImageKind> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| text.len() <= DRAWING_BYTES)?;
    let document = Document::parse(text).ok()?;
    let mut elements = document.descendants().filter(Node::is_element);
    let is_shallow = |node: Node<'_, '_>| node.ancestors().take(DEPTH_MOST).count() < DEPTH_MOST;
    if !elements.all(|node| PLAIN.contains(&node.tag_name().name()) && is_shallow(node)) {
        return None;
    }
    Tree::from_xmltree(&document, &options()).ok().map(ImageKind::SVG)
}

/// A picture of points that is not larger than it should be; what is none, and drawings, stay away.
fn picture(bytes: Arc<Vec<u8>>) -> Option<ImageKind> {
    let size = imagesize::blob_size(&bytes).ok()?;
    if size.width.saturating_mul(size.height) > PIXELS_MOST {
        return None;
    }
    match imagesize::image_type(&bytes).ok()? {
        imagesize::ImageType::Png => Some(ImageKind::PNG(bytes)),
        imagesize::ImageType::Jpeg => Some(ImageKind::JPEG(bytes)),
        imagesize::ImageType::Gif => Some(ImageKind::GIF(bytes)),
        imagesize::ImageType::Webp => Some(ImageKind::WEBP(bytes)),
        _ => None,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
mod tests {
    use base64::Engine;

    use super::*;

    fn read(inside: &str) -> Tree {
        let svg = format!("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"90\" height=\"90\">{inside}</svg>");
        Tree::from_str(&svg, &options()).unwrap()
    }

    /// The head of a PNG of this size: all that is looked at before it is unpacked.
    fn head(side: u32) -> String {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        bytes.extend(side.to_be_bytes());
        bytes.extend(side.to_be_bytes());
        bytes.extend(b"\x08\x06\0\0\0\0\0\0\0");
        base64::engine::general_purpose::STANDARD.encode(bytes)
    }

    #[test]
    fn a_drawing_loads_nothing_and_no_picture_is_too_large() {
        let image = |href: &str| format!("<image width=\"9\" height=\"9\" href=\"{href}\"/>");
        let svg = |inside: &str| {
            let text = format!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\">{inside}</svg>");
            format!("data:image/svg+xml;base64,{}", base64::engine::general_purpose::STANDARD.encode(text))
        };
        for href in [
            "/etc/hostname",
            "file:///etc/hostname",
            "https://shop.example/x.png",
            &svg("<use href=\"#a\"/>"),
            &svg("<image href=\"/etc/hostname\"/>"),
            &svg(&"<g>".repeat(99)),
        ] {
            assert!(!read(&image(href)).root().has_children(), "{href}");
        }
        let plain = svg("<style>.a { fill: #0072b2 }</style><rect class=\"a\" width=\"9\" height=\"9\"/>");
        assert!(read(&image(&plain)).root().has_children());
        assert!(read(&image(&format!("data:image/png;base64,{}", head(100)))).root().has_children());
        assert!(!read(&image(&format!("data:image/png;base64,{}", head(60_000)))).root().has_children());
    }

    #[test]
    fn words_are_set_in_our_letters() {
        for (attributes, words) in
            [("", "Load × 2 s"), ("font-weight=\"600\"", "Übergröße łódź"), ("font-family=\"Nowhere\"", "привет λ")]
        {
            let tree = read(&format!("<text x=\"0\" y=\"9\" font-size=\"9\" {attributes}>{words}</text>"));
            assert!(tree.root().has_children() && Arc::ptr_eq(tree.fontdb(), &LETTERS.database), "{words}");
        }
        // What ours lack is looked for elsewhere, and missing letters do no harm.
        read("<text x=\"0\" y=\"9\" font-size=\"9\">漢字 \u{10ffff}</text>");
    }
}
