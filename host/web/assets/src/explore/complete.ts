// Completion for PromQL: a list under the field, fed by the host's own API.

import { words } from "../words.ts";
import { type Place, placeAt, rank, type Suggestion } from "./place.ts";

const PAUSE = 60;
const MOST_VALUES = "2000";

interface Word {
  name: string;
  takes: string;
  about: string;
}

export function runExplore(): void {
  const field = document.querySelector<HTMLTextAreaElement>("body[data-page=explore] #q");
  const box = field?.parentElement;
  if (!field || !box) return;
  new Completion(field, box);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) field.form?.requestSubmit();
  });
  if (field.value === "") field.focus();
  document.querySelector("select#range")?.addEventListener("change", () => field.value.trim() && field.form?.requestSubmit());
}

class Completion {
  private readonly list = document.createElement("ul");
  private readonly said = document.createElement("p");
  private readonly kept = new Map<string, Promise<string[]>>();
  private readonly vocabulary: Suggestion[];
  private offered: Suggestion[] = [];
  private place: Place | null = null;
  private at = -1;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private turn = 0;

  constructor(private readonly field: HTMLTextAreaElement, box: HTMLElement) {
    this.vocabulary = readVocabulary();
    this.list.id = "suggestions";
    this.list.className = "suggestions";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", words().keySearch);
    this.list.hidden = true;
    this.said.className = "visually-hidden";
    this.said.setAttribute("role", "status");
    box.append(this.list, this.said);
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", this.list.id);
    field.addEventListener("input", () => this.soon());
    field.addEventListener("keydown", (event) => this.key(event));
    field.addEventListener("blur", () => this.hide());
    this.list.addEventListener("pointerdown", (event) => {
      const item = event.target instanceof Element ? event.target.closest("li") : null;
      event.preventDefault();
      if (item) this.take([...this.list.children].indexOf(item));
    });
  }

  private soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.offer(), PAUSE);
  }

  private async offer(): Promise<void> {
    const turn = ++this.turn;
    const place = placeAt(this.field.value, this.field.selectionStart);
    if (place.kind === "word" && place.typed === "") return this.hide();
    const all = await this.suggestions(place);
    if (turn !== this.turn || document.activeElement !== this.field) return;
    this.place = place;
    this.show(rank(all, place.typed));
  }

  private async suggestions(place: Place): Promise<Suggestion[]> {
    const plain = (names: string[]): Suggestion[] => names.map((text) => ({ text, note: "" }));
    const about = new URLSearchParams({ limit: MOST_VALUES });
    if (place.metric) about.append("match[]", place.metric);
    switch (place.kind) {
      case "word": return [...this.vocabulary, ...plain(await this.ask(`/api/v1/label/__name__/values?limit=${MOST_VALUES}`))];
      case "label": return plain((await this.ask(`/api/v1/labels?${about}`)).filter((name) => name !== "__name__"));
      case "value": return plain(await this.ask(`/api/v1/label/${encodeURIComponent(place.label)}/values?${about}`));
    }
  }

  private ask(address: string): Promise<string[]> {
    const known = this.kept.get(address);
    if (known) return known;
    const asked = fetch(address)
      .then((answer) => answer.json() as Promise<{ data?: unknown }>)
      .then(({ data }) => (Array.isArray(data) ? data.map(String) : []))
      .catch(() => {
        this.kept.delete(address);
        return [];
      });
    this.kept.set(address, asked);
    return asked;
  }

  private show(offered: Suggestion[]): void {
    this.offered = offered;
    if (offered.length === 0) return this.hide();
    this.list.replaceChildren(...offered.map((one, place) => item(one, place)));
    this.list.hidden = false;
    this.said.textContent = words().suggestions(offered.length);
    this.choose(0);
  }

  private hide(): void {
    this.list.hidden = true;
    this.at = -1;
    this.field.removeAttribute("aria-activedescendant");
  }

  private choose(at: number): void {
    this.at = (at + this.offered.length) % this.offered.length;
    [...this.list.children].forEach((child, place) => child.setAttribute("aria-selected", String(place === this.at)));
    const chosen = this.list.children[this.at];
    chosen?.scrollIntoView({ block: "nearest" });
    this.field.setAttribute("aria-activedescendant", chosen?.id ?? "");
  }

  private key(event: KeyboardEvent): void {
    if (this.list.hidden) return;
    switch (event.key) {
      case "ArrowDown": this.choose(this.at + 1); break;
      case "ArrowUp": this.choose(this.at - 1); break;
      case "Escape": this.hide(); break;
      case "Tab": this.take(this.at); break;
      case "Enter":
        if (event.ctrlKey || event.metaKey) return;
        this.take(this.at);
        break;
      default: return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  private take(at: number): void {
    const chosen = this.offered[at];
    if (!chosen || !this.place) return;
    const { kind, start } = this.place;
    const isCall = kind === "word" && chosen.note !== "";
    const quoted = kind === "value" ? chosen.text.replaceAll("\\", "\\\\").replaceAll('"', '\\"') : chosen.text;
    this.field.setRangeText(isCall ? `${quoted}(` : quoted, start, this.field.selectionStart, "end");
    this.hide();
  }
}

function item(one: Suggestion, place: number): HTMLElement {
  const line = document.createElement("li");
  line.id = `suggestion-${place}`;
  line.setAttribute("role", "option");
  const code = document.createElement("code");
  code.textContent = one.text;
  const note = document.createElement("span");
  note.textContent = one.note;
  line.append(code, note);
  return line;
}

function readVocabulary(): Suggestion[] {
  try {
    const list = JSON.parse(document.getElementById("vocabulary")?.textContent ?? "[]") as Word[];
    return list.map(({ name, takes, about }) => ({ text: name, note: `${takes} · ${about}` }));
  } catch {
    return [];
  }
}
