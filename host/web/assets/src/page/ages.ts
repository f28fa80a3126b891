// Every time on the page in words, with the exact one on hover; and how long ago the page heard from the host.

import { setText } from "../chart/legend.ts";
import { formatDate } from "../format.ts";
import { relativeTime } from "../relative.ts";
import { words } from "../words.ts";

const TICK = 1000;
const OLD_AFTER = 60_000;

export class Ages {
  private heard = Date.now();
  private health: { sources: number; stale: number } | null = null;

  /** From now on; whoever wants to see the server's own words looks before. */
  start(): void {
    this.tick();
    setInterval(() => document.hidden || this.tick(), TICK);
    document.addEventListener("visibilitychange", () => document.hidden || this.tick());
  }

  /** News arrived: what is shown is as new as now. `health` is what the host says about its own. */
  hear(health?: { sources: number; stale: number }): void {
    this.heard = Date.now();
    if (health !== undefined) this.health = health;
  }

  tick(): void {
    const now = Date.now();
    tellTimes(document, now);
    const updated = document.getElementById("updated");
    if (!updated) return;
    setText(updated, words().updated(relativeTime(Math.min(this.heard, now), now)));
    updated.classList.toggle("is-old", now - this.heard > OLD_AFTER);
    const health = document.getElementById("health");
    if (health && this.health) setText(health, words().sources(this.health.sources, this.health.stale));
  }
}

/** Fresh markup comes with absolute times; those of schedules stay so. */
export function tellTimes(root: ParentNode, now = Date.now()): void {
  for (const element of root.querySelectorAll<HTMLTimeElement>("time[datetime]:not([data-kept])")) tell(element, now);
}

function tell(element: HTMLTimeElement, now: number): void {
  const then = Date.parse(element.dateTime);
  if (Number.isNaN(then) || element.id === "updated") return;
  setText(element, relativeTime(then, now));
  const exact = formatDate(then);
  if (element.title !== exact) element.title = exact;
}
