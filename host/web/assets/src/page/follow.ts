// Pages without panels come alive: when the host says that something has changed, the page is fetched anew, and what differs
// is put in place.

import { tellTimes } from "./ages.ts";
import { morph } from "./morph.ts";

/** Between the end of one look and the next. */
const PACE = 1000;

export class Follower {
  private is_held = false;
  private is_asked = false;
  private is_looking = false;

  constructor(private readonly main: HTMLElement) {}

  /** Paused, or nobody looks: what comes meanwhile is looked at afterwards. */
  hold(is_held: boolean): void {
    this.is_held = is_held;
    if (!is_held && this.is_asked) void this.look();
  }

  async look(): Promise<void> {
    this.is_asked = true;
    if (this.is_held || this.is_looking) return;
    this.is_looking = true;
    this.is_asked = false;
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const main = fresh.querySelector("main[data-follows]");
      if (main && !this.is_held) {
        morph(this.main, main);
        tellTimes(this.main);
        this.main.dispatchEvent(new Event("followed"));
      }
    } catch {
      // The line to the host says that it is away, and comes back.
    }
    setTimeout(() => {
      this.is_looking = false;
      if (this.is_asked) void this.look();
    }, PACE);
  }
}
