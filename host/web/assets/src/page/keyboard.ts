// Single keys for what a hand does often. Never while typing, never over the browser's own shortcuts.

import { listDashboards } from "./dashboards.ts";
import { leaveFullScreen, panelAtHand, toggleFullScreen } from "./full_screen.ts";
import { openHelp } from "./help.ts";

const CHORD_MILLISECONDS = 2000;

export interface Actions {
  refresh: () => void;
  /** False if there was nothing to take back. */
  resetZoom: () => boolean;
}

export function runKeyboard(actions: Actions): void {
  let chordUntil = 0;
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    const inChord = event.timeStamp < chordUntil;
    chordUntil = event.key === "d" && !inChord ? event.timeStamp + CHORD_MILLISECONDS : 0;
    const done = inChord ? goTo(event.key) : act(event.key, actions);
    if (done) event.preventDefault();
  });
}

function act(key: string, actions: Actions): boolean {
  switch (key) {
    case "?": openHelp(); return true;
    case "t": return focus("#range");
    case "/": return focus("input[type=search], #search");
    case "f": return toggleFullScreen(panelAtHand());
    case "r": actions.refresh(); return true;
    case "Escape": return leaveFullScreen() || actions.resetZoom();
    default: return false;
  }
}

function goTo(letter: string): boolean {
  const dashboard = listDashboards().find((one) => one.letter === letter);
  dashboard?.link.click();
  return dashboard !== undefined;
}

function focus(selector: string): boolean {
  const element = document.querySelector<HTMLElement>(selector);
  element?.focus();
  return element !== null;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));
}
