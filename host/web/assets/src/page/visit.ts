// Another time or other variables without leaving the page: fetches the page that the address leads to, and puts what
// differs in place. Where its panels are others, the browser goes there itself.

import type { Board } from "../board.ts";

export interface Visited {
  /** The live stream's addresses. */
  socket: string;
  events: string;
}

/** What says which time and what of it is shown. */
const SCOPES = ["#scope", "#variables", ".crumb"];

export class Visits {
  private asking: AbortController | null = null;

  constructor(
    private readonly root: HTMLElement,
    private readonly board: Board,
    private readonly arrived: (addresses: Visited) => void,
  ) {
    addEventListener("popstate", () => void this.visit(new URL(location.href), false));
  }

  async visit(address: URL, push = true): Promise<void> {
    this.asking?.abort();
    const asking = new AbortController();
    this.asking = asking;
    this.root.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, { headers: { accept: "text/html" }, signal: asking.signal });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (asking.signal.aborted) return;
      const root = fresh.getElementById("dashboard");
      if (!answer.ok || !root || !this.board.take(root)) return location.assign(address);
      if (push) history.pushState(null, "", address);
      this.takeScope(fresh, root);
    } catch {
      // Overtaken by another; or the host is away, which the browser tells best.
      if (!asking.signal.aborted) location.assign(address);
    } finally {
      if (this.asking === asking) this.root.removeAttribute("aria-busy");
    }
  }

  private takeScope(fresh: Document, root: HTMLElement): void {
    for (const selector of SCOPES) {
      const [old, next] = [document.querySelector(selector), fresh.querySelector(selector)];
      if (!old || !next || old.innerHTML === next.innerHTML) continue;
      const focused = pathOf(old, document.activeElement);
      old.replaceChildren(...[...next.childNodes].map((node) => document.adoptNode(node)));
      if (focused) old.querySelector<HTMLElement>(focused)?.focus({ preventScroll: true });
    }
    for (const name of ["range", "live", "events", "past"]) {
      const value = root.dataset[name];
      if (value === undefined) delete this.root.dataset[name];
      else this.root.dataset[name] = value;
    }
    document.title = fresh.title;
    this.arrived({ socket: root.dataset.live ?? "", events: root.dataset.events ?? "" });
  }
}

/** What had the focus, in words that find its successor: the opener of its picker, or the field of its name. */
function pathOf(scope: Element, element: Element | null): string | null {
  if (!element || !scope.contains(element)) return null;
  const picker = element.closest("details");
  if (picker && picker.id !== "") return `#${CSS.escape(picker.id)} > summary`;
  const name = element.getAttribute("name");
  return name ? `[name="${CSS.escape(name)}"]` : null;
}
