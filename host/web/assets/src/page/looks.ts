// How single panels are looked at: pages, order and filters are links and forms in them. With a script they change in place,
// and keep what else the address says.

export function runLooks(visit: (address: URL) => void): void {
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a.look") : null;
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    visit(looked(new URL(location.href), panelOf(link), new URL(link.href).searchParams));
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches("form.look")) return;
    event.preventDefault();
    const pairs = [...new FormData(form)].filter((pair): pair is [string, string] => typeof pair[1] === "string");
    visit(looked(new URL(location.href), panelOf(form), new URLSearchParams(pairs)));
  });
  document.addEventListener("change", (event) => {
    const field = event.target;
    // A single choice needs no button.
    if (field instanceof HTMLSelectElement) field.closest<HTMLFormElement>("form.look")?.requestSubmit();
  });
}

function panelOf(element: Element): string {
  return element.closest(".panel")?.id ?? "";
}

/** The address with this panel's words, and no others of it. */
export function looked(address: URL, panel: string, words: URLSearchParams): URL {
  const own = (name: string): boolean => name.startsWith(`${panel}.`) && !name.slice(panel.length + 1).includes(".");
  for (const name of [...address.searchParams.keys()]) if (own(name)) address.searchParams.delete(name);
  for (const [name, value] of words) {
    const isUsual = value === "" || (name === `${panel}.page` && value === "1");
    if (own(name) && !isUsual) address.searchParams.append(name, value);
  }
  return address;
}
