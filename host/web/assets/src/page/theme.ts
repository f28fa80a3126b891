// Light, dark, or what the system says: kept in the browser, shown on the button that changes it.

import { words } from "../words.ts";

export type Theme = "auto" | "light" | "dark";

const KEY = "vitrine-theme";
const ORDER: Theme[] = ["auto", "light", "dark"];

export function storedTheme(): Theme {
  try {
    const stored = localStorage.getItem(KEY);
    return ORDER.find((theme) => theme === stored) ?? "auto";
  } catch {
    // Storage may be forbidden; the system's theme is a good one.
    return "auto";
  }
}

export function applyTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
}

/** Calls `changed` whenever other colours apply, whoever caused it. */
export function runTheme(changed: () => void): void {
  let theme = storedTheme();
  applyTheme(theme);
  const button = document.getElementById("theme");
  const show = (): void => {
    if (!button) return;
    button.dataset.theme = theme;
    const next = following(theme);
    button.title = words().theme(words()[theme], words()[next]);
    button.setAttribute("aria-label", button.title);
  };
  button?.addEventListener("click", () => {
    theme = following(theme);
    store(theme);
    applyTheme(theme);
    show();
    changed();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
  show();
}

function following(theme: Theme): Theme {
  return ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length] ?? "auto";
}

function store(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // The choice then lasts as long as the page.
  }
}
