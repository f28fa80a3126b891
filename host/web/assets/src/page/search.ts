// The dialog behind `/`: search as one types. The host's own search page does the finding.

import { words } from "../words.ts";

const PAUSE = 80;

export function openSearch(): boolean {
  if (document.querySelector("dialog.search-dialog")) return true;
  const dialog = document.createElement("dialog");
  dialog.className = "search-dialog";
  dialog.setAttribute("aria-label", words().searchLabel);
  const input = document.createElement("input");
  Object.assign(input, { type: "search", name: "q", autocomplete: "off", placeholder: words().searchLabel });
  input.setAttribute("aria-label", words().searchLabel);
  const list = document.createElement("div");
  list.className = "search-results";
  const said = document.createElement("p");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  dialog.append(input, list, said);
  document.body.append(dialog);
  new Finder(input, list, said);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("keydown", (event) => move(event, input, list));
  // The browser gives the focus back to where it was.
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
  input.focus();
  return true;
}

class Finder {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asking: AbortController | null = null;

  constructor(private readonly input: HTMLInputElement, private readonly list: HTMLElement, private readonly said: HTMLElement) {
    input.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => void this.find(), PAUSE);
    });
    void this.find();
  }

  private async find(): Promise<void> {
    this.asking?.abort();
    const asking = (this.asking = new AbortController());
    try {
      const answer = await fetch(`/search?${new URLSearchParams({ q: this.input.value })}`, { signal: asking.signal });
      const found = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("ul#results");
      if (asking.signal.aborted) return;
      this.list.replaceChildren(...(found ? [document.adoptNode(found)] : [nothing()]));
      this.said.textContent = words().found(found?.children.length ?? 0);
    } catch {
      // Overtaken, or the host is away: what was found stays.
    }
  }
}

function nothing(): HTMLElement {
  const line = document.createElement("p");
  line.textContent = words().nothingFound;
  return line;
}

/** Arrows go through the list; Enter in the field takes the first. */
function move(event: KeyboardEvent, input: HTMLInputElement, list: HTMLElement): void {
  const links = [...list.querySelectorAll<HTMLAnchorElement>("a")];
  const at = links.findIndex((link) => link === document.activeElement);
  if (event.key === "Enter" && document.activeElement === input) links[0]?.click();
  else if (event.key === "ArrowDown") (links[at + 1] ?? links.at(-1))?.focus();
  else if (event.key === "ArrowUp") (at > 0 ? links[at - 1] : input)?.focus();
  else return;
  event.preventDefault();
}
