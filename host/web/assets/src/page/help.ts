// The dialog behind `?`: which key does what on this page.

import { listDashboards } from "./dashboards.ts";

const KEYS: [string, string][] = [
  ["?", "this list"],
  ["t", "time range"],
  ["f", "full screen for the panel under the pointer or with the focus"],
  ["r", "refresh now"],
  ["/", "search"],
  ["← →", "move the crosshair of the focused chart"],
  ["Esc", "close, leave full screen, back to the live window"],
];

export function openHelp(): void {
  if (document.querySelector("dialog.keys")) return;
  const dialog = document.createElement("dialog");
  dialog.className = "keys";
  const title = document.createElement("h2");
  title.id = "keys-title";
  title.textContent = "Keys";
  dialog.setAttribute("aria-labelledby", title.id);
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "Close";
  close.addEventListener("click", () => dialog.close());
  dialog.append(title, table(), close);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  // The browser gives the focus back to where it was.
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function table(): HTMLTableElement {
  const element = document.createElement("table");
  const rows = [...KEYS, ...listDashboards().map(({ letter, title }): [string, string] => [`d ${letter}`, title])];
  for (const [keys, what] of rows) {
    const row = element.insertRow();
    const cell = row.insertCell();
    for (const key of keys.split(" ")) {
      const cap = document.createElement("kbd");
      cap.textContent = key;
      cell.append(cap, " ");
    }
    row.insertCell().textContent = what;
  }
  return element;
}
