// The values under the crosshair, in a box beside the plot: never on top of what it explains.

import type { ChartData } from "../contract.ts";
import { formatDate, formatValue } from "../format.ts";
import { words } from "../words.ts";
import { unitOf } from "./axes.ts";

const MOST_ROWS = 12;
const DISTANCE = 8;

export class Tooltip {
  private readonly box = document.createElement("div");

  constructor() {
    this.box.className = "tooltip";
    // The legend says the same to those who listen.
    this.box.setAttribute("aria-hidden", "true");
    this.box.hidden = true;
    // In the top layer nothing clips it, and it is seen in full screen too.
    this.box.popover = "manual";
    document.body.append(this.box);
  }

  /** `at` is the place of the shown point; `x` the crosshair and `plot` the plotting area, both in the viewport. */
  show(data: ChartData, at: number, isHidden: (place: number) => boolean, x: number, plot: DOMRect, notes: HTMLElement[] = []): void {
    const time = data.times[at];
    if (time === undefined) return this.hide();
    this.box.replaceChildren(heading(time), rows(data, at, isHidden), ...notes);
    if (this.box.hidden) {
      this.box.hidden = false;
      this.box.showPopover?.();
    }
    this.place(x, plot);
  }

  hide(): void {
    if (this.box.hidden) return;
    this.box.hidePopover?.();
    this.box.hidden = true;
  }

  private place(x: number, plot: DOMRect): void {
    const { offsetWidth: width, offsetHeight: height } = this.box;
    const viewWidth = document.documentElement.clientWidth;
    const viewHeight = window.innerHeight;
    const below = plot.bottom + DISTANCE;
    const above = plot.top - height - DISTANCE;
    let left = Math.min(Math.max(DISTANCE, x - width / 2), viewWidth - width - DISTANCE);
    let top = below;
    if (below + height > viewHeight) {
      top = above;
      if (above < 0) {
        // Neither fits: beside the plot, at the end away from the crosshair.
        top = Math.max(DISTANCE, Math.min(plot.top, viewHeight - height - DISTANCE));
        left = x > (plot.left + plot.right) / 2 ? plot.left + DISTANCE : plot.right - width - DISTANCE;
      }
    }
    this.box.style.left = `${Math.round(left)}px`;
    this.box.style.top = `${Math.round(top)}px`;
  }
}

function heading(time: number): HTMLElement {
  const head = document.createElement("div");
  head.className = "tooltip-time";
  head.textContent = formatDate(time);
  return head;
}

function rows(data: ChartData, at: number, isHidden: (place: number) => boolean): HTMLElement {
  const shown = data.series.map((series, place) => ({ series, value: data.values[place]?.[at] ?? null, place }));
  const visible = shown.filter((one) => !isHidden(one.place));
  const table = document.createElement("table");
  if (visible.length > MOST_ROWS) visible.sort((left, right) => (right.value ?? -Infinity) - (left.value ?? -Infinity));
  for (const { series, value, place } of visible.slice(0, MOST_ROWS)) {
    const row = table.insertRow();
    row.insertCell().append(swatch(series.color), series.name);
    row.insertCell().textContent = formatValue(value, unitOf(data, place));
  }
  const rest = visible.length - MOST_ROWS;
  if (rest > 0) table.insertRow().insertCell().textContent = words().smaller(rest);
  return table;
}

export function swatch(color: number): HTMLElement {
  const mark = document.createElement("i");
  mark.className = `key s${color}`;
  return mark;
}
