// What is being typed where the caret stands in a PromQL text: a word, a label's name, or a label's value.

export interface Place {
  kind: "word" | "label" | "value";
  /** What of it is there, and where that begins. */
  typed: string;
  start: number;
  /** The metric whose labels these are, where it is known. */
  metric: string;
  /** The label whose value this is. */
  label: string;
}

const GROUPING = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\($/;

export function placeAt(text: string, caret: number): Place {
  const before = text.slice(0, caret);
  const open = openBracket(before);
  const typed = /[A-Za-z_:][\w:]*$/.exec(before)?.[0] ?? "";
  const word: Place = { kind: "word", typed, start: caret - typed.length, metric: "", label: "" };
  if (open === null) return word;
  if (open.sign === "(") {
    return GROUPING.test(before.slice(0, open.at + 1)) ? { ...word, kind: "label", metric: onlyMetric(text) } : word;
  }
  const metric = /[A-Za-z_:][\w:]*$/.exec(before.slice(0, open.at).trimEnd())?.[0] ?? "";
  if (!open.inString) return { ...word, kind: "label", metric };
  const value = /([A-Za-z_]\w*)\s*(?:=~|!~|!=|=)\s*["']([^"']*)$/.exec(before);
  if (!value) return { ...word, typed: "", start: caret };
  const [, label = "", part = ""] = value;
  return { kind: "value", typed: part, start: caret - part.length, metric, label };
}

/** The bracket that is open at the end, and whether a string is. */
function openBracket(text: string): { sign: string; at: number; inString: boolean } | null {
  const stack: { sign: string; at: number }[] = [];
  let quote = "";
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] ?? "";
    if (quote !== "") {
      if (letter === "\\") at++;
      else if (letter === quote) quote = "";
    } else if (letter === '"' || letter === "'" || letter === "`") quote = letter;
    else if (letter === "(" || letter === "{" || letter === "[") stack.push({ sign: letter, at });
    else if (letter === ")" || letter === "}" || letter === "]") stack.pop();
  }
  const last = stack.at(-1);
  return last ? { ...last, inString: quote !== "" } : null;
}

/** The metric of a text that has just one. */
function onlyMetric(text: string): string {
  const found = [...text.matchAll(/([A-Za-z_:][\w:]*)\s*[{[]/g)].map((match) => match[1] ?? "");
  return new Set(found).size === 1 ? (found[0] ?? "") : "";
}

export interface Suggestion {
  text: string;
  /** What it is, or takes. */
  note: string;
}

const MOST = 12;

/** The best fits first: what begins so, then what has a word that does, then what holds it at all. */
export function rank(all: Suggestion[], typed: string): Suggestion[] {
  const sought = typed.toLowerCase();
  const score = ({ text }: Suggestion): number => {
    const lower = text.toLowerCase();
    if (lower.startsWith(sought)) return 0;
    if (lower.includes(`_${sought}`)) return 1;
    return lower.includes(sought) ? 2 : 9;
  };
  const scored = all.map((one) => ({ one, score: score(one) })).filter(({ score }) => score < 9);
  scored.sort((left, right) => left.score - right.score || left.one.text.length - right.one.text.length || (left.one.text < right.one.text ? -1 : 1));
  const fits = scored.slice(0, MOST).map(({ one }) => one);
  // What is there already needs no help.
  return fits.length === 1 && fits[0]?.text === typed ? [] : fits;
}
