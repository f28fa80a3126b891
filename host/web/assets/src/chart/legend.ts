// The table under a chart: the last value of each series, a switch for each, sorting by a column.

import type { ChartData, Series } from "../contract.ts";
import { formatValue } from "../format.ts";
import { words } from "../words.ts";
import { statistic, unitOf } from "./axes.ts";
import { swatch } from "./tooltip.ts";

interface Row {
  element: HTMLTableRowElement;
  button: HTMLButtonElement;
  last: HTMLElement;
}

export class Legend {
  private rows: Row[] = [];
  private names = "";
  private widest = 0;
  /** Column and direction the viewer sorted by; null is the author's order. */
  private sorted: { column: number; descending: boolean } | null = null;

  constructor(private readonly table: HTMLTableElement, private readonly toggle: (place: number, alone: boolean) => void) {
    // A head for listeners only has nothing to press.
    const heads = table.tHead?.matches(".visually-hidden") ? [] : [...(table.tHead?.rows[0]?.cells ?? [])];
    heads.forEach((head, column) => this.makeSortable(head, column));
  }

  update(data: ChartData, isHidden: (place: number) => boolean): void {
    this.fit(data);
    let widest = 0;
    data.series.forEach((_, place) => {
      const row = this.rows[place];
      if (!row) return;
      const last = data.values[place]?.at(-1);
      const text = formatValue(last, unitOf(data, place));
      widest = Math.max(widest, text.length);
      setText(row.last, text);
      data.statistics?.forEach((word, order) => this.tell(row.element.cells[order + 1], word, data, place));
      row.last.dataset.value = String(last ?? "");
      row.element.classList.toggle("is-off", isHidden(place));
      row.button.setAttribute("aria-pressed", String(!isHidden(place)));
    });
    // Only grows: names that follow must not walk about with each number.
    if (widest > this.widest) this.table.style.setProperty("--widest", `${(this.widest = widest)}ch`);
    // Rows under a hand or the focus stay where they are.
    if (this.sorted && !this.table.matches(":hover, :focus-within")) this.sort();
  }

  private tell(cell: HTMLElement | undefined, word: string, data: ChartData, place: number): void {
    if (!cell || !data.values[place]) return;
    const value = statistic(word, data.values[place]);
    setText(cell, formatValue(value, unitOf(data, place)));
    cell.dataset.value = String(value ?? "");
  }

  private fit(data: ChartData): void {
    const names = data.series.map((series) => `${series.color} ${series.name} ${series.link ?? ""}`).join("\n");
    if (names === this.names) return;
    const body = this.table.tBodies[0] ?? this.table.createTBody();
    const present = [...body.rows];
    const same = this.names === "" && present.length === data.series.length;
    this.names = names;
    if (!same) body.replaceChildren(...data.series.map((series) => freshRow(series, data.statistics?.length ?? 0)));
    this.rows = [...body.rows].map((element, place) => this.adopt(element, place));
  }

  private adopt(element: HTMLTableRowElement, place: number): Row {
    const cells = [...element.cells];
    const name = cells[0] ?? element.insertCell();
    const last = cells.at(-1) ?? element.insertCell();
    let button = name.querySelector("button");
    if (!button) {
      button = document.createElement("button");
      button.type = "button";
      button.className = "legend-name";
      // A link is pressed by itself.
      const link = name.querySelector(".series-link");
      link?.remove();
      button.append(...name.childNodes);
      name.append(button, ...(link ? [link] : []));
    }
    button.title = words().legendHint;
    element.addEventListener("click", (event) => {
      if (!(event.target instanceof Element && event.target.closest("a"))) this.toggle(place, event.shiftKey);
    });
    return { element, button, last };
  }

  private makeSortable(head: HTMLTableCellElement, column: number): void {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const first = column > 0;
      const again = this.sorted?.column === column;
      this.sorted = { column, descending: again ? !this.sorted?.descending : first };
      for (const other of this.table.tHead?.rows[0]?.cells ?? []) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", this.sorted.descending ? "descending" : "ascending");
      this.sort();
    });
  }

  private sort(): void {
    const body = this.table.tBodies[0];
    if (!body || !this.sorted) return;
    const { column, descending } = this.sorted;
    const wanted = [...this.rows].map((row) => row.element).sort((left, right) => {
      const order = compareCells(left.cells[column], right.cells[column]);
      return descending ? -order : order;
    });
    if (wanted.some((row, place) => body.rows[place] !== row)) body.append(...wanted);
  }
}

function compareCells(left: HTMLElement | undefined, right: HTMLElement | undefined): number {
  const [first, second] = [left?.dataset.value, right?.dataset.value];
  if (first && second) return Number(first) - Number(second);
  if (first !== second && (first === "" || second === "")) return first === "" ? -1 : 1;
  return (left?.textContent ?? "").localeCompare(right?.textContent ?? "", undefined, { numeric: true });
}

function freshRow({ name, color, link }: Series, figures: number): HTMLTableRowElement {
  const row = document.createElement("tr");
  const head = document.createElement("th");
  head.scope = "row";
  head.title = name;
  const label = document.createElement("span");
  label.textContent = name;
  head.append(swatch(color), label);
  if (link) {
    const anchor = document.createElement("a");
    Object.assign(anchor, { className: "series-link", href: link, rel: "noopener noreferrer nofollow", textContent: "↗" });
    anchor.setAttribute("aria-label", words().seriesLink(name));
    head.append(anchor);
  }
  row.append(head);
  for (let cell = 0; cell <= figures; cell++) row.append(document.createElement("td"));
  return row;
}

/** Writing the same text again would still cost a layout. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
