// Puts a fragment the host made and sanitised into a panel, without taking the focus or the scroll from a reader.

export function parseFragment(html: string): HTMLTemplateElement {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template;
}

export function showFragment(body: HTMLElement, fresh: DocumentFragment): void {
  const focused = pathTo(body, document.activeElement);
  const scrolls = scrolled(body);
  body.replaceChildren(fresh);
  for (const { path, top, left } of scrolls) {
    const element = follow(body, path);
    if (element) [element.scrollTop, element.scrollLeft] = [top, left];
  }
  if (focused) follow(body, focused)?.focus({ preventScroll: true });
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
