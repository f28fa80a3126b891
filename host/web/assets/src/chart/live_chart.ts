// One chart: takes the place of the picture the server drew, in the same box, and follows the data from there.

import uPlot from "uplot";
import type { Append, ChartData, Values } from "../contract.ts";
import type { EndLabel } from "./decorate.ts";
import { drawBands, drawEndLabels, drawLimits, endLabels } from "./decorate.ts";
import { words } from "../words.ts";
import { annotationLines, annotationsAt, drawAnnotations, reach, tellAnnotations } from "./annotations.ts";
import { Legend } from "./legend.ts";
import { placeable } from "./axes.ts";
import { plotOptions, plotPlace } from "./options.ts";
import { faint, LABEL_FONT_SIZE, type Palette, seriesColor } from "./palette.ts";
import { append } from "./points.ts";
import { stack } from "./stack.ts";
import type { Tooltip } from "./tooltip.ts";
import type { Zoom } from "./zoom.ts";

/** What all charts of a page share. */
export interface Stage {
  palette: Palette;
  readonly zoom: Zoom;
  readonly tooltip: Tooltip;
  /** Asks for `draw` with the next frame. */
  changed(chart: LiveChart): void;
}

export class LiveChart {
  private readonly host = document.createElement("div");
  private readonly legend: Legend | null;
  private readonly hidden = new Set<string>();
  private readonly resized: ResizeObserver;
  private plot: uPlot | null = null;
  private shape = "";
  private labels: EndLabel[] = [];
  private floors: Values[] = [];
  private endRoom = 20;
  private hovered = false;

  constructor(private readonly panel: HTMLElement, private data: ChartData, private readonly stage: Stage) {
    const table = panel.querySelector<HTMLTableElement>(".panel-body table.legend");
    this.legend = table ? new Legend(table, (place, alone) => this.toggle(place, alone)) : null;
    this.takePlace();
    this.resized = new ResizeObserver(() => this.fit());
    this.resized.observe(this.host);
    this.draw();
  }

  replace(data: ChartData): void {
    this.data = data;
    tellAnnotations(this.panel, data);
    this.stage.changed(this);
  }

  /** False if the points belong to other series than these. */
  append(part: Append): boolean {
    const fits = append(this.data, part);
    if (fits) this.stage.changed(this);
    return fits;
  }

  draw(): void {
    const shape = shapeOf(this.data);
    this.labels = endLabels(this.data, this.isHidden, this.timeWindow()[1]);
    this.makeEndRoom();
    if (this.plot === null || shape !== this.shape) this.build(shape);
    else this.fill(this.plot);
    this.legend?.update(this.data, this.isHidden);
  }

  pointAgain(): void {
    const { left, top } = this.plot?.cursor ?? {};
    if (!this.hovered || left === undefined || top === undefined || left < 0) return;
    this.point("mousemove", left, top);
  }

  /** The theme changed: the same chart in other colours. */
  recolor(): void {
    this.shape = "";
    this.stage.changed(this);
  }

  destroy(): void {
    this.resized.disconnect();
    this.plot?.destroy();
    this.plot = null;
  }

  private readonly isHidden = (place: number): boolean => this.hidden.has(this.data.series[place]?.name ?? "");

  private timeWindow(): [number, number] {
    return this.stage.zoom.window ?? this.data.range;
  }

  private takePlace(): void {
    const picture = this.panel.querySelector<SVGElement>(".panel-body svg.chart");
    const title = this.panel.querySelector("h2")?.textContent ?? "chart";
    this.host.className = "chart chart-live";
    this.host.tabIndex = 0;
    this.host.setAttribute("role", "img");
    this.host.setAttribute("aria-label", words().chartHint(title));
    this.host.addEventListener("keydown", (event) => this.moveByKey(event));
    this.host.addEventListener("blur", () => this.point("mouseleave", -10));
    const wanted = picture?.getBoundingClientRect().height ?? 0;
    if (picture) picture.replaceWith(this.host);
    else this.panel.querySelector(".chart-box, .panel-body")?.prepend(this.host);
    // Where the style sheet gives pictures their height by their proportions, the box keeps the height it had.
    const given = this.host.getBoundingClientRect().height;
    if (wanted > 0 && Math.abs(given - wanted) > 1) this.host.style.setProperty("--chart-height", `${wanted}px`);
  }

  private build(shape: string): void {
    this.plot?.destroy();
    this.shape = shape;
    const { clientWidth, clientHeight } = this.host;
    const source = {
      data: this.data,
      palette: this.stage.palette,
      endRoom: () => this.endRoom,
      timeWindow: () => this.timeWindow(),
      reset: () => void this.stage.zoom.reset(),
      hooks: this.hooks(),
    };
    const options = plotOptions(source, Math.max(80, clientWidth), Math.max(60, clientHeight));
    this.plot = new uPlot(options, [[], ...this.data.series.map(() => [])], this.host);
    const { over } = this.plot;
    over.addEventListener("mouseenter", () => (this.hovered = true));
    over.addEventListener("mouseleave", () => this.leave());
    this.fill(this.plot);
  }

  private fill(plot: uPlot): void {
    const { drawn, floors, bands } = stack(this.data.series, this.data.values, this.isHidden);
    const placeOf = (place: number): number => plotPlace(this.data, place);
    this.floors = floors;
    plot.batch(() => {
      plot.delBand(null);
      for (const [upper, lower] of bands) plot.addBand({ series: [placeOf(upper), placeOf(lower)] });
      this.data.series.forEach(({ band, color }, place) => {
        if (band == null || this.isHidden(place) || this.isHidden(band)) return;
        const fill = faint(seriesColor(this.stage.palette, color), 0.16);
        plot.addBand({ series: [placeOf(place), placeOf(band)], fill });
      });
      this.data.series.forEach((_, place) => {
        const show = !this.isHidden(place);
        if (plot.series[placeOf(place)]?.show !== show) plot.setSeries(placeOf(place), { show });
      });
      const placed = drawn.map((values, place) => placeable(this.data, place, values));
      plot.setData([this.data.times, ...placed.reverse()], true);
    });
  }

  private hooks(): uPlot.Hooks.Arrays {
    return {
      drawClear: [(plot) => drawBands(plot, this.data, this.stage.palette), (plot) => drawAnnotations(plot, this.data, this.stage.palette)],
      drawAxes: [(plot) => drawLimits(plot, this.data, this.stage.palette)],
      draw: [(plot) => drawEndLabels(plot, this.data, this.labels, this.floors, this.stage.palette)],
      setCursor: [(plot) => this.explain(plot)],
      setSelect: [(plot) => this.pick(plot)],
    };
  }

  private pick(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width < 1) return;
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.stage.zoom.pick(plot.posToVal(left, "x"), plot.posToVal(left + width, "x"));
  }

  private explain(plot: uPlot): void {
    if (!this.hovered) return;
    const { left, idx } = plot.cursor;
    if (idx == null || left == null || left < 0) return this.stage.tooltip.hide();
    const area = plot.over.getBoundingClientRect();
    const notes = annotationsAt(this.data, plot.posToVal(left, "x"), reach(plot));
    this.stage.tooltip.show(this.data, idx, this.isHidden, area.left + left, area, annotationLines(notes));
  }

  private leave(): void {
    this.hovered = false;
    this.stage.tooltip.hide();
  }

  private moveByKey(event: KeyboardEvent): void {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined || !this.plot) return;
    event.preventDefault();
    const last = this.data.times.length - 1;
    const from = this.plot.cursor.idx ?? (step < 0 ? last + 1 : -1);
    const time = this.data.times[Math.min(last, Math.max(0, from + step))];
    if (time === undefined) return;
    this.hovered = true;
    this.point("mousemove", this.plot.valToPos(time, "x"));
  }

  /** Goes the way a mouse does, so that the crosshairs of the other charts follow. */
  private point(type: string, x: number, y = 1): void {
    const area = this.plot?.over.getBoundingClientRect();
    if (!area) return;
    const place = { clientX: area.left + x, clientY: area.top + y };
    this.plot?.over.dispatchEvent(new MouseEvent(type, place));
  }

  private toggle(place: number, alone: boolean): void {
    const names = this.data.series.map((series) => series.name);
    const name = names[place] ?? "";
    if (alone) {
      this.hidden.clear();
      for (const other of names) if (other !== name) this.hidden.add(other);
    } else if (!this.hidden.delete(name)) this.hidden.add(name);
    if (names.every((one) => this.hidden.has(one))) this.hidden.clear();
    this.stage.changed(this);
  }

  private fit(): void {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (!this.plot || width < 1 || height < 1) return;
    if (width !== this.plot.width || height !== this.plot.height) this.plot.setSize({ width, height });
  }

  /** Only grows: a plot that breathes with its numbers is a plot that jumps. */
  private makeEndRoom(): void {
    const context = measure();
    if (!context) return;
    context.font = `${LABEL_FONT_SIZE}px ${this.stage.palette.font}`;
    const widest = this.labels.reduce((most, label) => Math.max(most, context.measureText(label.text).width), 0);
    if (widest > 0) this.endRoom = Math.max(this.endRoom, Math.ceil((widest + 14) / 8) * 8);
  }
}

let measuring: CanvasRenderingContext2D | null = null;

function measure(): CanvasRenderingContext2D | null {
  measuring ??= document.createElement("canvas").getContext("2d");
  return measuring;
}

/** While this stays the same, new data needs no new plot. */
function shapeOf(data: ChartData): string {
  return JSON.stringify([data.unit, data.min, data.max, data.series, data.log, data.right, data.connect]);
}
