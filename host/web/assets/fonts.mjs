// Unpacks the fonts that pictures are set in: WOFF is the font's own tables, each deflated by itself (W3C, WOFF 1.0).

import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { inflateSync } from "node:zlib";

const PACKAGE = "node_modules/@fontsource/roboto";
/** What the host's pictures can say in the same letters on each machine, in two weights where texts have two. */
const FACES = [
  ["latin", 400], ["latin", 600], ["latin-ext", 400], ["latin-ext", 600], ["cyrillic", 400], ["cyrillic", 600],
  ["greek", 400], ["greek", 600], ["vietnamese", 400], ["symbols", 400], ["math", 400],
];

const here = (path) => new URL(path, import.meta.url);

/** The tables of a WOFF file, by their tags. */
function tables(woff) {
  if (woff.readUInt32BE(0) !== 0x774f4646) throw new Error("this is no WOFF file");
  return Array.from({ length: woff.readUInt16BE(12) }, (_, place) => {
    const entry = 44 + place * 20;
    const [offset, packed, length] = [4, 8, 12].map((at) => woff.readUInt32BE(entry + at));
    const bytes = woff.subarray(offset, offset + packed);
    return { tag: woff.subarray(entry, entry + 4), checksum: woff.readUInt32BE(entry + 16), bytes: packed < length ? inflateSync(bytes) : bytes };
  });
}

/** The same as an OpenType file: a directory, then the tables, each on a multiple of four bytes. */
export function unpacked(woff) {
  const list = tables(woff);
  const power = Math.floor(Math.log2(list.length));
  const head = Buffer.alloc(12 + 16 * list.length);
  woff.copy(head, 0, 4, 8);
  head.writeUInt16BE(list.length, 4);
  head.writeUInt16BE(16 * 2 ** power, 6);
  head.writeUInt16BE(power, 8);
  head.writeUInt16BE(16 * list.length - 16 * 2 ** power, 10);
  const parts = [head];
  let offset = head.length;
  list.forEach(({ tag, checksum, bytes }, place) => {
    const entry = 12 + 16 * place;
    tag.copy(head, entry);
    head.writeUInt32BE(checksum, entry + 4);
    head.writeUInt32BE(offset, entry + 8);
    head.writeUInt32BE(bytes.length, entry + 12);
    const padded = Buffer.alloc(Math.ceil(bytes.length / 4) * 4);
    bytes.copy(padded);
    parts.push(padded);
    offset += padded.length;
  });
  return Buffer.concat(parts);
}

/** Writes all faces into `fonts/`, and says how large they are. */
export async function unpackFonts() {
  await rm(here("fonts"), { recursive: true, force: true });
  await mkdir(here("fonts"), { recursive: true });
  let total = 0;
  for (const [script, weight] of FACES) {
    const font = unpacked(await readFile(here(`${PACKAGE}/files/roboto-${script}-${weight}-normal.woff`)));
    await writeFile(here(`fonts/${script}-${weight}.ttf`), font);
    total += font.length;
  }
  await copyFile(here(`${PACKAGE}/LICENSE`), here("dist/roboto-license.txt"));
  console.log(`fonts      ${String(total).padStart(7)} B`);
}
