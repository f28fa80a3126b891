// The bell: how many alerts need somebody, on every page, in the title and on the icon; pressed, the newest of them; and a
// sound for whoever wants one.

import { setText } from "../chart/legend.ts";
import { words } from "../words.ts";
import { tellTimes } from "./ages.ts";

const SOUND_KEY = "vitrine-sound";

export class Bell {
  private readonly link = document.getElementById("bell");
  private readonly icon = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  private readonly plainIcon = this.icon?.href ?? "";
  private newest = Number(this.link?.dataset["newest"] ?? 0);
  private count = Number(document.getElementById("alerts-count")?.textContent ?? 0);
  private box: HTMLElement | null = null;

  constructor() {
    this.link?.setAttribute("aria-haspopup", "dialog");
    this.link?.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || !("popover" in HTMLElement.prototype)) return;
      event.preventDefault();
      void this.press();
    });
    this.show();
  }

  /** How things are now. */
  hear(count: number, newest: number): void {
    const isNew = newest > this.newest;
    const isOther = isNew || count !== this.count;
    [this.count, this.newest] = [count, newest];
    this.show();
    if (isNew && isLoud()) ring();
    if (isOther && this.box?.matches(":popover-open")) void this.fill(this.box);
  }

  private show(): void {
    const count = document.getElementById("alerts-count");
    if (count) setText(count, String(this.count));
    document.body.classList.toggle("has-alerts", this.count > 0);
    const plain = document.title.replace(/^\(\d+\) /, "");
    const title = this.count > 0 ? `(${this.count}) ${plain}` : plain;
    if (document.title !== title) document.title = title;
    void this.badge();
  }

  /** A dot on the icon. */
  private async badge(): Promise<void> {
    if (!this.icon) return;
    if (this.count === 0) return void (this.icon.href = this.plainIcon);
    if (this.icon.href !== this.plainIcon) return;
    try {
      const text = await (await fetch(this.plainIcon)).text();
      const dotted = text.replace("</svg>", '<circle cx="25" cy="7" r="7" fill="#d8403a"/></svg>');
      if (this.count > 0) this.icon.href = `data:image/svg+xml,${encodeURIComponent(dotted)}`;
    } catch {
      // The number in the title must do.
    }
  }

  private async press(): Promise<void> {
    const box = (this.box ??= this.make());
    if (box.matches(":popover-open")) return box.hidePopover();
    if (!(await this.fill(box))) return location.assign("/alerts");
    box.showPopover();
    box.querySelector<HTMLElement>("a, button, input")?.focus();
  }

  private make(): HTMLElement {
    const box = document.createElement("div");
    box.id = "bell-box";
    box.popover = "auto";
    box.setAttribute("role", "dialog");
    box.setAttribute("aria-label", words().newest);
    const list = document.createElement("div");
    list.className = "bell-list";
    const option = document.createElement("label");
    option.className = "option";
    const loud = document.createElement("input");
    loud.type = "checkbox";
    loud.checked = isLoud();
    loud.addEventListener("change", () => {
      keepLoud(loud.checked);
      if (loud.checked) ring();
    });
    option.append(loud, ` ${words().sound}`);
    box.append(list, option);
    box.addEventListener("toggle", () => this.link?.setAttribute("aria-expanded", String(box.matches(":popover-open"))));
    this.link?.after(box);
    return box;
  }

  private async fill(box: HTMLElement): Promise<boolean> {
    try {
      const answer = await fetch("/alerts/newest", { headers: { accept: "text/html" } });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("newest");
      if (!fresh) return false;
      const at = [...box.querySelectorAll("a")].findIndex((link) => link === document.activeElement);
      box.querySelector(".bell-list")?.replaceChildren(...[...fresh.childNodes].map((node) => document.adoptNode(node)));
      tellTimes(box);
      if (at >= 0) (box.querySelectorAll("a")[at] ?? box.querySelector("a"))?.focus();
      return true;
    } catch {
      return false;
    }
  }
}

function isLoud(): boolean {
  try {
    return localStorage.getItem(SOUND_KEY) === "on";
  } catch {
    return false;
  }
}

function keepLoud(isOn: boolean): void {
  try {
    if (isOn) localStorage.setItem(SOUND_KEY, "on");
    else localStorage.removeItem(SOUND_KEY);
  } catch {
    // For this page only, then.
  }
}

/** Two short notes. A browser that has not been touched yet plays nothing. */
function ring(): void {
  const context = new AudioContext();
  document.body.dataset["rang"] = String(Number(document.body.dataset["rang"] ?? 0) + 1);
  [880, 1175].forEach((frequency, place) => {
    const [note, volume, at] = [context.createOscillator(), context.createGain(), context.currentTime + place * 0.18];
    note.frequency.value = frequency;
    volume.gain.setValueAtTime(0.15, at);
    volume.gain.exponentialRampToValueAtTime(0.001, at + 0.16);
    note.connect(volume).connect(context.destination);
    note.start(at);
    note.stop(at + 0.17);
  });
  setTimeout(() => void context.close(), 1000);
}
