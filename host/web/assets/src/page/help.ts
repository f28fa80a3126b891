// The dialog behind `?`: which key does what on this page.

import { words } from "../words.ts";
import { listDashboards } from "./dashboards.ts";

function keys(): [string, string][] {
  const says = words();
  return [
    ["?", says.keyList], ["/", says.keySearch], ["t", says.keyTime], ["f", says.keyFull], ["r", says.keyRefresh],
    ["s", says.keyShare], ["k", says.keyKiosk], ["e", says.keyExplore], ["← →", says.keyArrows], ["Esc", says.keyEscape],
  ];
}

export function openHelp(): void {
  if (document.querySelector("dialog.keys")) return;
  const dialog = document.createElement("dialog");
  dialog.className = "keys";
  const title = document.createElement("h2");
  title.id = "keys-title";
  title.textContent = words().keys;
  dialog.setAttribute("aria-labelledby", title.id);
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = words().close;
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
  const rows = [...keys(), ...listDashboards().map(({ letter, title }): [string, string] => [`d ${letter}`, title])];
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
