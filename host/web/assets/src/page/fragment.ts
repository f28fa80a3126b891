// Puts a fragment the host made and sanitised into a panel, without taking the focus or the scroll from a reader.

export function parseFragment(html: string): HTMLTemplateElement {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template;
}

export function showFragment(body: HTMLElement, fresh: DocumentFragment): void {
  const focused = pathTo(body, document.activeElement);
  const field = body.contains(document.activeElement) && document.activeElement instanceof HTMLInputElement ? document.activeElement : null;
  const typed = field ? { value: field.value, changed: field.value !== field.defaultValue, at: field.selectionStart, to: field.selectionEnd } : null;
  const open = opened(body);
  const scrolls = scrolled(body);
  body.replaceChildren(fresh);
  for (const { path, top, left } of scrolls) {
    const element = follow(body, path);
    if (element) [element.scrollTop, element.scrollLeft] = [top, left];
  }
  for (const details of body.querySelectorAll("details")) if (open.delete(nameOf(details))) details.open = true;
  const next = focused ? follow(body, focused) : null;
  next?.focus({ preventScroll: true });
  if (!typed || !(next instanceof HTMLInputElement)) return;
  // Whoever is typing goes on typing.
  if (typed.changed) next.value = typed.value;
  next.setSelectionRange(typed.at, typed.to);
}

/** What is open, by what it is called: lines move, and a reader of one reads on. */
function opened(body: HTMLElement): Set<string> {
  return new Set([...body.querySelectorAll<HTMLDetailsElement>("details[open]")].map(nameOf));
}

function nameOf(details: HTMLDetailsElement): string {
  // The time of a line may go on with each look at it.
  return (details.querySelector("summary .log-text") ?? details.querySelector("summary"))?.textContent ?? "";
}

interface Scroll {
  path: number[];
  top: number;
  left: number;
}

function scrolled(body: HTMLElement): Scroll[] {
  const list: Scroll[] = [];
  for (const element of [body, ...body.querySelectorAll<HTMLElement>("*")]) {
    const { scrollTop: top, scrollLeft: left } = element;
    const path = top > 0 || left > 0 ? pathTo(body, element) : null;
    if (path) list.push({ path, top, left });
  }
  return list;
}

/** The places among siblings that lead from the body to an element; null if it is elsewhere. */
function pathTo(body: HTMLElement, element: Element | null): number[] | null {
  if (!element || !body.contains(element)) return null;
  const path: number[] = [];
  for (let at = element; at !== body; at = at.parentElement ?? body) {
    path.unshift([...(at.parentElement?.children ?? [])].indexOf(at));
  }
  return path;
}

function follow(body: HTMLElement, path: number[]): HTMLElement | null {
  let at: Element | undefined = body;
  for (const place of path) at = at?.children[place];
  return at instanceof HTMLElement ? at : null;
}
