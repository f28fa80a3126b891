// Marking several alerts: all that are shown at once, a range with Shift, and how many there are.

import { words } from "../words.ts";

export function runPicks(): void {
  document.addEventListener("change", (event) => {
    // A single choice needs no button.
    const field = event.target;
    if (field instanceof HTMLElement && field.matches("form.find [data-submits]")) field.closest("form")?.requestSubmit();
  });
  const main = document.querySelector<HTMLElement>("main[data-follows]");
  if (!main || document.body.dataset.page !== "alerts") return leadOn();
  let last: HTMLInputElement | null = null;
  main.addEventListener("click", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || box.name !== "target") return;
    if (event.shiftKey && last?.isConnected) markBetween(last, box);
    last = box;
  });
  main.addEventListener("change", (event) => {
    const box = event.target;
    if (box instanceof HTMLInputElement && box.id === "pick-shown") for (const one of boxes()) one.checked = box.checked;
    tell();
  });
  main.addEventListener("followed", tell);
  leadOn();
  tell();
}

function boxes(): HTMLInputElement[] {
  return [...document.querySelectorAll<HTMLInputElement>("main input[name=target]")];
}

function markBetween(from: HTMLInputElement, to: HTMLInputElement): void {
  const all = boxes();
  const [start, end] = [all.indexOf(from), all.indexOf(to)].sort((a, b) => a - b);
  for (const one of all.slice(start, (end ?? 0) + 1)) one.checked = to.checked;
}

function tell(): void {
  const all = boxes();
  const picked = all.filter((one) => one.checked).length;
  const shown = document.querySelector<HTMLInputElement>("#pick-shown");
  if (!shown) return;
  shown.checked = picked > 0 && picked === all.length;
  shown.indeterminate = picked > 0 && picked < all.length;
  shown.closest("label")?.setAttribute("data-picked", picked > 0 ? words().picked(picked) : "");
}

/** Links of older messages name an alert that is no longer on this page. */
function leadOn(): void {
  const named = /^#([0-9a-f]{16})$/.exec(location.hash)?.[1];
  if (named && document.body.dataset.page === "alerts" && !document.getElementById(named)) location.replace(`/alerts/${named}`);
}
