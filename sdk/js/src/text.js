// Text and bytes. The engine has no TextEncoder and no TextDecoder, but its URI functions know UTF-8 and are fast.

const REPLACEMENT = "\ufffd";

/** How many arguments a function may surely be given. */
const CHUNK = 8192;

export function encodeText(text) {
  const binary = unescape(encodeURIComponent(text.toWellFormed()));
  const bytes = new Uint8Array(binary.length);
  for (let place = 0; place < bytes.length; place += 1) bytes[place] = binary.charCodeAt(place);
  return bytes;
}

/** What is not UTF-8 becomes U+FFFD, one for each byte that begins nothing. */
export function decodeText(bytes) {
  const parts = [];
  for (let place = 0; place < bytes.length; place += CHUNK) {
    parts.push(String.fromCharCode(...bytes.subarray(place, place + CHUNK)));
  }
  try {
    return decodeURIComponent(escape(parts.join("")));
  } catch {
    return patiently(bytes);
  }
}

function patiently(bytes) {
  const parts = [];
  let place = 0;
  while (place < bytes.length) {
    const [code, length] = character(bytes, place);
    parts.push(code === undefined ? REPLACEMENT : String.fromCodePoint(code));
    place += length;
  }
  return parts.join("");
}

/** The code point at a place and the bytes that it takes; no code point where there is none. */
function character(bytes, place) {
  const first = bytes[place];
  if (first < 0x80) return [first, 1];
  const [length, least] = first >= 0xf0 ? [4, 0x10000] : first >= 0xe0 ? [3, 0x800] : [2, 0x80];
  if (first < 0xc2 || first > 0xf4 || place + length > bytes.length) return [undefined, 1];
  let code = first & (0x7f >> length);
  for (const next of bytes.subarray(place + 1, place + length)) {
    if ((next & 0xc0) !== 0x80) return [undefined, 1];
    code = (code << 6) | (next & 63);
  }
  const isSurrogate = code >= 0xd800 && code < 0xe000;
  return code < least || code > 0x10ffff || isSurrogate ? [undefined, 1] : [code, length];
}
