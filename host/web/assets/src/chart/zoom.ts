// The stretch of time all charts of the page show: live, or what a person picked by dragging.

import { clock, formatDate } from "../format.ts";
import { civil } from "../zone.ts";

export class Zoom {
  /** Null follows the live window. */
  window: [number, number] | null = null;
  private readonly chip = document.createElement("button");

  constructor(private readonly changed: () => void) {
    this.chip.type = "button";
    this.chip.className = "zoom-reset";
    this.chip.hidden = true;
    this.chip.addEventListener("click", () => this.reset());
    document.body.append(this.chip);
  }

  pick(from: number, to: number): void {
    if (!(to - from >= 1)) return;
    this.window = [from, to];
    this.chip.textContent = `${label(from, to)} · back to live (Esc)`;
    this.chip.hidden = false;
    this.changed();
  }

  /** False if nothing was zoomed. */
  reset(): boolean {
    if (this.window === null) return false;
    this.window = null;
    this.chip.hidden = true;
    this.changed();
    return true;
  }
}

function label(from: number, to: number): string {
  const [start, end] = [civil(from), civil(to)];
  const sameDay = start.year === end.year && start.month === end.month && start.day === end.day;
  return sameDay ? `${clock(from)} – ${clock(to)}` : `${formatDate(from)} – ${formatDate(to)}`;
}
