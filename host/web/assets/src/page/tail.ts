// Logs that go on: whoever is at their newest end sees each line as it comes; whoever has scrolled away reads in peace, and
// is told that there is more.

import { words } from "../words.ts";

/** A finger's breadth, in CSS pixels: nobody scrolls to the very end. */
const NEAR = 12;

function boxOf(panel: Element | null): HTMLElement | null {
  return panel?.querySelector<HTMLElement>(".log-box[data-newest]") ?? null;
}

function isAway(box: HTMLElement): boolean {
  const { scrollTop, scrollHeight, clientHeight } = box;
  return (box.dataset.newest === "bottom" ? scrollHeight - clientHeight - scrollTop : scrollTop) > NEAR;
}

function follow(box: HTMLElement): void {
  box.scrollTop = box.dataset.newest === "bottom" ? box.scrollHeight : 0;
}

export class Tail {
  /** What came while somebody was reading: the newest of each panel. */
  private readonly waiting = new Map<string, string>();

  constructor(private readonly root: HTMLElement, private readonly show: (id: string, html: string) => void) {
    for (const panel of root.querySelectorAll(".panel")) this.shown(panel);
    root.addEventListener("scroll", (event) => {
      const box = event.target instanceof HTMLElement && event.target.matches(".log-box") ? event.target : null;
      if (box && !isAway(box)) this.goOn(box.closest(".panel")?.id ?? "");
    }, true);
    root.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest(".log-waiting") : null;
      const box = button && boxOf(button.closest(".panel"));
      if (!box) return;
      follow(box);
      box.focus({ preventScroll: true });
      this.goOn(box.closest(".panel")?.id ?? "");
    });
  }

  /** True where somebody reads what is older: what is new waits. */
  keeps(id: string, html: string): boolean {
    const panel = this.root.querySelector(`#${CSS.escape(id)}`);
    const box = boxOf(panel);
    if (!panel || !box || !isAway(box)) return false;
    this.waiting.set(id, html);
    if (panel.querySelector(".log-waiting")) return true;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "log-waiting";
    button.textContent = words().tailPaused;
    box.before(button);
    return true;
  }

  /** What a panel shows has been put in place. */
  shown(panel: Element): void {
    const box = boxOf(panel);
    if (box && box.dataset.newest === "bottom") follow(box);
  }

  /** What waits for a reader is overtaken. */
  forget(id: string): void {
    this.waiting.delete(id);
  }

  private goOn(id: string): void {
    const html = this.waiting.get(id);
    this.waiting.delete(id);
    this.root.querySelector(`#${CSS.escape(id)} .log-waiting`)?.remove();
    if (html !== undefined) this.show(id, html);
  }
}
