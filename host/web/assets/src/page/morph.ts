// Makes what is shown be like a fresh copy from the host, and touches nothing else: focus, marks, what is typed, what is
// open and where somebody has scrolled to stay as they are.

export function morph(old: Element, fresh: Element): void {
  const focused = document.activeElement;
  patch(old, fresh);
  // Moving an element takes the focus from it.
  if (focused instanceof HTMLElement && focused !== document.activeElement && old.contains(focused)) focused.focus({ preventScroll: true });
}

function patch(old: Node, fresh: Node): void {
  if (old instanceof Element && fresh instanceof Element) return patchElement(old, fresh);
  if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
}

function patchElement(old: Element, fresh: Element): void {
  // The script tells times in its own words.
  if (old.nodeName === "TIME" && old.getAttribute("datetime") === fresh.getAttribute("datetime")) return;
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && !isReaders(old, name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value && !isReaders(old, name)) old.setAttribute(name, value);
  }
  // A drawing is one thing: its parts have no life of their own.
  if (old.nodeName.toLowerCase() === "svg") {
    if (old.innerHTML !== fresh.innerHTML) old.replaceChildren(...[...fresh.childNodes].map((node) => document.adoptNode(node)));
    return;
  }
  patchChildren(old, fresh);
}

/** What a reader has set, not the host. */
function isReaders(element: Element, name: string): boolean {
  return name === "open" && element.nodeName === "DETAILS";
}

function patchChildren(old: Element, fresh: Element): void {
  const named = new Map([...old.children].filter((child) => child.id).map((child) => [child.id, child]));
  let cursor = old.firstChild;
  for (const next of [...fresh.childNodes]) {
    const own = matching(cursor, next, named);
    if (!own) old.insertBefore(document.adoptNode(next), cursor);
    else {
      if (own === cursor) cursor = own.nextSibling;
      else old.insertBefore(own, cursor);
      patch(own, next);
    }
  }
  while (cursor) {
    const gone = cursor;
    cursor = cursor.nextSibling;
    gone.remove();
  }
}

function matching(cursor: ChildNode | null, next: ChildNode, named: Map<string, Element>): ChildNode | null {
  const id = next instanceof Element ? next.id : "";
  if (id) {
    const own = named.get(id);
    return own?.nodeName === next.nodeName ? own : null;
  }
  const isUnnamed = cursor !== null && !(cursor instanceof Element && cursor.id);
  return isUnnamed && cursor.nodeName === next.nodeName ? cursor : null;
}
