// What is marked on a chart's time axis beside its data: drawn behind the lines, told at the crosshair and in the table.

import type uPlot from "uplot";
import type { Annotation, ChartData } from "../contract.ts";
import { clock } from "../format.ts";
import { words } from "../words.ts";
import { stateColor } from "./decorate.ts";
import { faint, type Palette } from "./palette.ts";

/** Around the crosshair, in CSS pixels: a moment is hard to hit. */
const REACH = 5;
const TABLE_ROWS = 50;

/** A faint ground for each stretch, and a line where it begins. */
export function drawAnnotations(plot: uPlot, data: ChartData, palette: Palette): void {
  const [from, until] = [plot.scales.x?.min, plot.scales.x?.max];
  if (!data.annotations || from == null || until == null) return;
  const { ctx, bbox } = plot;
  const across = (time: number): number => plot.valToPos(Math.min(until, Math.max(from, time)), "x", true);
  const wide = Math.max(1, Math.round(devicePixelRatio));
  ctx.save();
  for (const { start, end, state } of [...data.annotations].reverse()) {
    if ((start ?? from) > until || (end ?? until) < from) continue;
    const color = stateColor(state, palette) ?? palette.muted;
    const [left, right] = [across(start ?? from), across(end ?? until)];
    ctx.fillStyle = faint(color, 0.12);
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
    if (start === null || start < from) continue;
    ctx.fillStyle = color;
    ctx.fillRect(Math.round(left), bbox.top, wide, bbox.height);
  }
  ctx.restore();
}

/** Those at a time, or so near to it that the hand means them. */
export function annotationsAt(data: ChartData, time: number, near: number): Annotation[] {
  return (data.annotations ?? []).filter(({ start, end }) => (start ?? -Infinity) <= time + near && (end ?? Infinity) >= time - near);
}

/** The time that is within the hand's reach on either side. */
export function reach(plot: uPlot): number {
  return Math.abs(plot.posToVal(REACH, "x") - plot.posToVal(0, "x"));
}

/** Lines for the box at the crosshair. */
export function annotationLines(list: Annotation[]): HTMLElement[] {
  return list.slice(0, 5).map(({ title, state }) => {
    const line = document.createElement("div");
    line.className = `tooltip-note ${state}`;
    line.textContent = title;
    return line;
  });
}

/** The table of them beside the picture, for those who listen: as the host writes it. */
export function tellAnnotations(panel: HTMLElement, data: ChartData): void {
  const body = panel.querySelector<HTMLTableElement>("table.annotations")?.tBodies[0];
  if (!body) return;
  const rows = (data.annotations ?? []).slice(0, TABLE_ROWS).map(({ title, state, start, end }) => {
    const row = document.createElement("tr");
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = title;
    row.append(head);
    row.insertCell().textContent = words().states[state] ?? "";
    for (const text of [start === null ? words().before : clock(start, true), end === null ? words().now : clock(end, true)]) {
      const cell = row.insertCell();
      cell.className = "end";
      cell.textContent = text;
    }
    return row;
  });
  body.replaceChildren(...rows);
}
