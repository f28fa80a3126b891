// Single keys for what a hand does often. Never while typing, never over the browser's own shortcuts.

import { listDashboards } from "./dashboards.ts";
import { leaveFullScreen, panelAtHand, toggleFullScreen } from "./full_screen.ts";
import { openHelp } from "./help.ts";
import { isKiosk, toggleKiosk } from "./kiosk.ts";
import { closePickers, openTime, share } from "./scope.ts";
import { openSearch } from "./search.ts";

const CHORD_MILLISECONDS = 2000;

export interface Actions {
  refresh: () => void;
  /** False if there was nothing to take back. */
  resetZoom: () => boolean;
}

export function runKeyboard(actions: Actions): void {
  let chordUntil = 0;
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" ? document.querySelector("dialog[open]") === null && closePickers() : isTyping(event.target)) return;
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
    case "/": return openSearch();
    case "t": return openTime() || focus("#range");
    case "s": return share();
    case "k": return toggleKiosk();
    case "e": location.assign("/explore"); return true;
    case "f": return toggleFullScreen(panelAtHand());
    case "r": actions.refresh(); return true;
    case "Escape": return closePickers() || leaveFullScreen() || actions.resetZoom() || (isKiosk() && toggleKiosk());
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
