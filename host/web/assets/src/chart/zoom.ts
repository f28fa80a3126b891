// The stretch of time all charts of the page show: live, or what a person picked by dragging. What was picked shows at
// once with the points at hand; where the page can be asked for it, its own points and its address follow.

import { clock, formatDate } from "../format.ts";
import { words } from "../words.ts";
import { civil } from "../zone.ts";

export class Zoom {
  /** Null follows the page's own window. */
  window: [number, number] | null = null;
  private readonly chip = document.createElement("button");
  /** Where to go back to, step by step. */
  private readonly before: string[] = [];

  constructor(private readonly changed: () => void, private readonly visit: ((address: URL) => void) | null) {
    this.chip.type = "button";
    this.chip.className = "zoom-reset";
    this.chip.hidden = true;
    this.chip.addEventListener("click", () => this.reset());
    document.body.append(this.chip);
  }

  pick(from: number, to: number): void {
    if (!(to - from >= 1)) return;
    this.window = [from, to];
    this.chip.textContent = words().zoomBack(label(from, to));
    this.chip.hidden = false;
    this.changed();
    if (!this.visit) return;
    this.before.push(location.href);
    const address = new URL(location.href);
    address.searchParams.delete("range");
    address.searchParams.set("from", String(Math.floor(from)));
    address.searchParams.set("to", String(Math.ceil(to)));
    this.visit(address);
  }

  /** The page's own points are those that were picked, or others were asked for. */
  follow(): void {
    this.window = null;
    this.chip.hidden = this.before.length === 0;
  }

  /** False if nothing was zoomed. */
  reset(): boolean {
    if (this.window === null && this.before.length === 0) return false;
    this.window = null;
    const back = this.before.pop();
    this.chip.hidden = this.before.length === 0;
    this.changed();
    if (back !== undefined) this.visit?.(new URL(back));
    return true;
  }
}

function label(from: number, to: number): string {
  const [start, end] = [civil(from), civil(to)];
  const sameDay = start.year === end.year && start.month === end.month && start.day === end.day;
  return sameDay ? `${clock(from)} – ${clock(to)}` : `${formatDate(from)} – ${formatDate(to)}`;
}
