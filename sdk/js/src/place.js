// Where in the author's files something was thrown. The guest runs one bundle; its source map, which the build step puts
// beside it, leads back. Nothing is decoded until something is thrown.

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** `src/index.js:12`, or nothing where the stack does not say. */
export function placeOf(error) {
  const map = globalThis.__vitrineMap;
  for (const line of String(error?.stack ?? "").split("\n")) {
    const [, file, row, column] = /([^\s(]+):(\d+):(\d+)\)?$/.exec(line) ?? [];
    if (file === undefined) continue;
    const place = map === undefined ? { file, row: Number(row) } : original(map, Number(row) - 1, Number(column) - 1);
    if (place !== undefined && !/(^|\/)vitrine-sdk\/|sdk\/js\/src\/|^node:/.test(place.file)) return `${place.file}:${place.row}`;
  }
  return undefined;
}

/** The last mapping at or before a place of the bundle. Source maps count from 0. */
function original(map, row, column) {
  let source = 0;
  let line = 0;
  let found;
  for (const [index, segments] of map.mappings.split(";", row + 1).entries()) {
    let at = 0;
    for (const segment of segments === "" ? [] : segments.split(",")) {
      const [step, sourceStep, lineStep] = decode(segment);
      at += step;
      if (sourceStep === undefined) continue;
      source += sourceStep;
      line += lineStep;
      if (index === row && at <= column) found = { file: map.sources[source], row: line + 1 };
    }
  }
  return found;
}

/** Base 64 digits of five bits each, lowest first; the sixth bit says that more follow, the lowest of all is the sign. */
function decode(segment) {
  const numbers = [];
  let value = 0;
  let shift = 0;
  for (const letter of segment) {
    const digit = DIGITS.indexOf(letter);
    value += (digit & 31) << shift;
    shift += 5;
    if (digit & 32) continue;
    numbers.push(value & 1 ? -(value >> 1) : value >> 1);
    value = 0;
    shift = 0;
  }
  return numbers;
}
