// The page's colours as the canvas needs them: resolved from the style sheet, again whenever the theme changes.

export interface Palette {
  series: string[];
  text: string;
  muted: string;
  grid: string;
  panel: string;
  good: string;
  warning: string;
  bad: string;
  font: string;
}

/** Words on the canvas, in CSS pixels. */
export const LABEL_FONT_SIZE = 11;
const SERIES_COLORS = 8;

export function readPalette(): Palette {
  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);
  // A property may hold `light-dark(…)` or another property: only a computed colour is one that a canvas takes.
  const read = (name: string): string => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const palette: Palette = {
    series: Array.from({ length: SERIES_COLORS }, (_, place) => read(`s${place}`)),
    text: read("text"), muted: read("muted"), grid: read("grid"), panel: read("panel"),
    good: read("good"), warning: read("warning"), bad: read("bad"),
    font: getComputedStyle(document.body).fontFamily,
  };
  probe.remove();
  return palette;
}

export function seriesColor(palette: Palette, place: number): string {
  return palette.series[place % SERIES_COLORS] ?? palette.text;
}

export function faint(color: string, share: number): string {
  return `color-mix(in srgb, ${color} ${Math.round(share * 100)}%, transparent)`;
}
