// Buttons that have a source do something: the page that asks stands in a dialog, and so does how it ended. Without a script
// they are links and a form.

import { words } from "../words.ts";

/** Where nothing can be done from here, the page says why. */
function refusal(): HTMLElement | null {
  return document.getElementById("refusal");
}

/** Buttons in what the host sent: where they cannot be used, they say so. */
export function markRefused(content: ParentNode): void {
  if (!refusal()) return;
  for (const link of content.querySelectorAll("a.action")) {
    link.setAttribute("aria-disabled", "true");
    link.setAttribute("aria-describedby", "refusal");
  }
}

export function runActions(): void {
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a.action") : null;
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || link.origin !== location.origin) return;
    event.preventDefault();
    if (link.getAttribute("aria-disabled") === "true") return tell(refusal()?.textContent ?? "");
    void open(link);
  });
}

async function open(link: HTMLAnchorElement): Promise<void> {
  const asked = await fetchSection(link.href, {});
  if (!asked) return location.assign(link.href);
  const dialog = document.createElement("dialog");
  dialog.className = "keys act-dialog";
  dialog.setAttribute("aria-label", link.textContent ?? "");
  dialog.append(asked);
  dialog.addEventListener("click", (event) => {
    const closes = event.target instanceof Element && event.target.closest("[data-closes]");
    if (closes) event.preventDefault();
    if (closes || event.target === dialog) dialog.close();
  });
  dialog.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.target instanceof HTMLFormElement) void send(dialog, event.target);
  });
  // The browser gives the focus back to where it was.
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

/** Once: whoever presses twice means it once. */
async function send(dialog: HTMLDialogElement, form: HTMLFormElement): Promise<void> {
  const button = form.querySelector<HTMLButtonElement>("button");
  if (!button || button.disabled) return;
  button.disabled = true;
  dialog.setAttribute("aria-busy", "true");
  const pairs = [...new FormData(form)].filter((pair): pair is [string, string] => typeof pair[1] === "string");
  const ended = await fetchSection(form.action, { method: "POST", body: new URLSearchParams(pairs) });
  dialog.removeAttribute("aria-busy");
  if (!ended) return tell(words().notDone);
  dialog.replaceChildren(ended);
  dialog.querySelector<HTMLElement>("[data-closes]")?.focus();
}

/** What such a page says, whatever its status; null where the answer is none. */
async function fetchSection(address: string, how: RequestInit): Promise<Element | null> {
  try {
    const answer = await fetch(address, { ...how, headers: { accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const section = page.querySelector("section.act");
    return section ? document.adoptNode(section) : null;
  } catch {
    return null;
  }
}

function tell(text: string): void {
  const toast = document.createElement("p");
  toast.className = "toast";
  toast.setAttribute("role", "alert");
  document.body.append(toast);
  toast.textContent = text;
  setTimeout(() => toast.remove(), 4000);
}
