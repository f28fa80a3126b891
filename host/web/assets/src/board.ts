// The dashboard: its panels, what the host says about each, and one drawing per frame for what changed.

import { LiveChart, type Stage } from "./chart/live_chart.ts";
import { setText } from "./chart/legend.ts";
import { append } from "./chart/points.ts";
import { readPalette } from "./chart/palette.ts";
import { Tooltip } from "./chart/tooltip.ts";
import { Zoom } from "./chart/zoom.ts";
import { type Append, type ChartData, type Message, parseChart, type PanelState } from "./contract.ts";
import { markRefused } from "./page/act.ts";
import { tellTimes } from "./page/ages.ts";
import { parseFragment, showFragment } from "./page/fragment.ts";
import { Tail } from "./page/tail.ts";
import { words } from "./words.ts";

const STATE_CLASSES = { stale: "is-stale", error: "is-error", denied: "is-denied" };

export class Board implements Stage {
  palette = readPalette();
  readonly zoom: Zoom;
  readonly tooltip = new Tooltip();
  private readonly tail: Tail;
  private readonly charts = new Map<string, LiveChart>();
  /** Data of charts that will be made with the next frame. */
  private readonly coming = new Map<string, ChartData>();
  /** What each panel shows or is about to show, so that the same again changes nothing. */
  private readonly fragments = new Map<string, string>();
  /** The newest work per thing on the page: what is overtaken is never drawn. */
  private readonly waiting = new Map<string, () => void>();
  private frame = 0;
  private held = false;

  /** `lost` is called when a message does not fit what is shown, and only a full answer helps. */
  constructor(private readonly root: HTMLElement, private readonly lost: () => void, visit: ((address: URL) => void) | null = null) {
    this.zoom = new Zoom(() => this.redraw(), visit);
    this.tail = new Tail(root, (id, html) => this.showHtml(id, html));
    for (const panel of root.querySelectorAll<HTMLElement>(".panel")) {
      this.fragments.set(panel.id, panel.querySelector(".panel-body")?.innerHTML.trim() ?? "");
      const data = parseChart(panel.querySelector("script.panel-data")?.textContent ?? "");
      // Without a picture the server had something else to say, such as why there is none.
      if (data && panel.querySelector("svg.chart")) this.charts.set(panel.id, new LiveChart(panel, data, this));
    }
    // Entering full screen covers what was on top before.
    document.addEventListener("fullscreenchange", () => this.tooltip.hide());
  }

  /** While held nothing is drawn, but nothing is lost either: paused, or nobody looks. */
  hold(held: boolean): void {
    this.held = held;
    if (!held) this.schedule();
  }

  changed(chart: LiveChart): void {
    for (const [id, known] of this.charts) if (known === chart) this.later(`content ${id}`, () => chart.draw());
  }

  recolor(): void {
    this.palette = readPalette();
    for (const chart of this.charts.values()) chart.recolor();
  }

  receive(message: Message): void {
    switch (message.type) {
      case "chart": return this.showChart(message.panel, message.chart);
      case "append": return this.extend(message.panel, message);
      case "html": return this.tail.keeps(message.panel, message.html) ? undefined : this.showHtml(message.panel, message.html);
      case "state": return this.later(`state ${message.panel}`, () => this.showState(message.panel, message.state, message.text));
    }
  }

  /** Shows what another page of the same panels shows; false if its panels are others. */
  take(fresh: HTMLElement): boolean {
    const [mine, theirs] = [panelsOf(this.root), panelsOf(fresh)];
    if (mine.map(shapeOf).join() !== theirs.map(shapeOf).join()) return false;
    this.zoom.follow();
    theirs.forEach((panel, place) => {
      const data = parseChart(panel.querySelector("script.panel-data")?.textContent ?? "");
      const body = panel.querySelector(".panel-body");
      const { id } = panel;
      if (data && body?.querySelector("svg.chart")) this.showChart(id, data);
      else {
        this.tail.forget(id);
        this.showHtml(id, body?.innerHTML ?? "");
      }
      const state = (panel.dataset.state ?? "ok") as PanelState;
      this.receive({ type: "state", panel: id, state, text: panel.querySelector(".panel-state")?.textContent ?? "" });
      const [head, freshHead] = [mine[place]?.querySelector(".panel-head h2"), panel.querySelector(".panel-head h2")];
      if (head && freshHead && head.outerHTML !== freshHead.outerHTML) head.replaceWith(document.adoptNode(freshHead));
    });
    return true;
  }

  private extend(id: string, part: Append): void {
    const coming = this.coming.get(id);
    const fits = coming ? append(coming, part) : this.charts.get(id)?.append(part);
    if (fits === false) this.lost();
  }

  private showChart(id: string, data: ChartData): void {
    const chart = this.charts.get(id);
    const panel = this.panel(id);
    if (!panel || (!chart && data.times.length === 0)) return;
    this.fragments.delete(id);
    if (chart) return chart.replace(data);
    this.coming.set(id, data);
    this.later(`content ${id}`, () => {
      this.coming.delete(id);
      // What stood here said why there was no chart.
      panel.querySelector(".panel-body")?.replaceChildren(...emptyChart());
      panel.dataset.kind = "chart";
      this.charts.set(id, new LiveChart(panel, data, this));
    });
  }

  private showHtml(id: string, html: string): void {
    const fragment = parseFragment(html);
    markRefused(fragment.content);
    if (this.fragments.get(id) === fragment.innerHTML.trim()) return;
    this.fragments.set(id, fragment.innerHTML.trim());
    this.coming.delete(id);
    this.later(`content ${id}`, () => {
      const body = this.panel(id)?.querySelector<HTMLElement>(".panel-body");
      if (!body) return;
      this.charts.get(id)?.destroy();
      this.charts.delete(id);
      showFragment(body, fragment.content);
      tellTimes(body);
      this.tail.shown(body);
    });
  }

  private showState(id: string, state: PanelState, text: string): void {
    const panel = this.panel(id);
    if (!panel) return;
    panel.dataset.state = state;
    for (const [word, name] of Object.entries(STATE_CLASSES)) panel.classList.toggle(name, word === state);
    const line = panel.querySelector(".panel-state");
    if (line) setText(line, state === "ok" ? "" : text);
  }

  private panel(id: string): HTMLElement | null {
    return this.root.querySelector<HTMLElement>(`#${CSS.escape(id)}`);
  }

  private redraw(): void {
    for (const chart of this.charts.values()) chart.draw();
    this.pointAgain();
  }

  /** Scales moved under a resting pointer: the crosshairs of all charts find their time again. */
  private pointAgain(): void {
    for (const chart of this.charts.values()) chart.pointAgain();
  }

  private later(key: string, work: () => void): void {
    this.waiting.set(key, work);
    this.schedule();
  }

  private schedule(): void {
    if (this.held || this.frame !== 0 || this.waiting.size === 0) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      if (this.held) return;
      const work = [...this.waiting.values()];
      this.waiting.clear();
      for (const one of work) one();
      this.pointAgain();
    });
  }
}

function panelsOf(root: HTMLElement): HTMLElement[] {
  return [...root.querySelectorAll<HTMLElement>(".panel")];
}

function shapeOf(panel: HTMLElement): string {
  return `${panel.id} ${[...panel.classList].filter((name) => /^[wh]\d+$/.test(name)).join(" ")}`;
}

/** The boxes the server draws around a chart and its legend. */
function emptyChart(): HTMLElement[] {
  const [box, legendBox] = [document.createElement("div"), document.createElement("div")];
  box.className = "chart-box";
  legendBox.className = "legend-box";
  const table = document.createElement("table");
  table.className = "legend";
  const head = table.createTHead();
  head.className = "visually-hidden";
  const row = head.insertRow();
  for (const title of [words().series, words().last]) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = title;
    row.append(cell);
  }
  legendBox.append(table);
  return [box, legendBox];
}
