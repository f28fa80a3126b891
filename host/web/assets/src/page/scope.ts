// The pickers of time and variables: what they lead to is shown in place. Without a script they are links and forms.

import { words } from "../words.ts";

const COPIED_FOR = 2000;

export function runScope(visit: (address: URL) => void): void {
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>(".scope a") : null;
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || link.origin !== location.origin) return;
    const address = new URL(link.href);
    if (address.pathname !== location.pathname || address.searchParams.has("kiosk") !== hasKiosk()) return;
    event.preventDefault();
    if (link.id === "share") return void copy(link);
    closePickers();
    visit(address);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.closest(".scope")) return;
    event.preventDefault();
    closePickers();
    visit(addressOf(form));
  });
  document.addEventListener("change", (event) => {
    const field = event.target;
    if (!(field instanceof HTMLElement) || !field.closest(".scope")) return;
    // A single choice needs no button; of several the last is not known.
    if (field.matches("[data-submits]")) field.closest("form")?.requestSubmit();
    if (field instanceof HTMLInputElement && field.type === "checkbox") excludeOthers(field);
  });
  document.addEventListener("pointerdown", (event) => {
    if (event.target instanceof Element && !event.target.closest(".scope details[open]")) closePickers();
  });
  document.addEventListener("toggle", (event) => {
    const opened = event.target;
    if (!(opened instanceof HTMLDetailsElement) || !opened.open || !opened.closest(".scope")) return;
    for (const other of openPickers()) if (other !== opened) other.open = false;
  }, true);
}

/** "All" and one of them say different things. */
function excludeOthers(box: HTMLInputElement): void {
  if (!box.checked) return;
  for (const other of box.closest("fieldset")?.querySelectorAll<HTMLInputElement>("input[type=checkbox]") ?? []) {
    if (other !== box && (box.matches("[data-all]") || other.matches("[data-all]"))) other.checked = false;
  }
}

export function openTime(): boolean {
  const picker = document.querySelector<HTMLDetailsElement>("#time");
  if (!picker) return false;
  picker.open = true;
  (picker.querySelector<HTMLElement>("[aria-current]") ?? picker.querySelector<HTMLElement>("a"))?.focus();
  return true;
}

/** False if none was open. */
export function closePickers(): boolean {
  const open = openPickers();
  for (const picker of open) {
    if (picker.contains(document.activeElement)) picker.querySelector("summary")?.focus();
    picker.open = false;
  }
  return open.length > 0;
}

export function share(): boolean {
  const link = document.querySelector<HTMLAnchorElement>("#share");
  if (link) void copy(link);
  return link !== null;
}

function openPickers(): HTMLDetailsElement[] {
  return [...document.querySelectorAll<HTMLDetailsElement>(".scope details[open]")];
}

function hasKiosk(): boolean {
  return new URLSearchParams(location.search).has("kiosk");
}

function addressOf(form: HTMLFormElement): URL {
  const address = new URL(form.action, location.href);
  const pairs = [...new FormData(form)].filter((pair): pair is [string, string] => typeof pair[1] === "string");
  address.search = new URLSearchParams(pairs).toString();
  return address;
}

async function copy(link: HTMLAnchorElement): Promise<void> {
  try {
    await navigator.clipboard.writeText(link.href);
  } catch {
    // Not allowed to: the address bar can be copied from.
    history.replaceState(null, "", link.href);
  }
  const toast = document.createElement("p");
  toast.className = "toast";
  toast.setAttribute("role", "status");
  document.body.append(toast);
  toast.textContent = words().copied;
  setTimeout(() => toast.remove(), COPIED_FOR);
}
