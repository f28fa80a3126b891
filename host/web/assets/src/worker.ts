// Runs beside the pages, once they are installed or visited: says that the host is away, where a page cannot be had. It
// keeps that notice and what it needs, and no data: old numbers must not look new.

export interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface Fetching extends Event {
  request: Request;
  preloadResponse: Promise<Response | undefined>;
  respondWith(answer: Promise<Response>): void;
}

interface Scope {
  registration: { navigationPreload?: { enable(): Promise<void> } };
  addEventListener(type: "install" | "activate", listener: (event: Extendable) => void): void;
  addEventListener(type: "fetch", listener: (event: Fetching) => void): void;
  skipWaiting(): Promise<void>;
}

const worker = globalThis as unknown as Scope;

const CACHE = "vitrine-offline";
const NOTICE = "/offline";

worker.addEventListener("install", (event) => event.waitUntil(keepNotice().then(() => worker.skipWaiting())));
worker.addEventListener("activate", (event) => event.waitUntil(worker.registration.navigationPreload?.enable() ?? Promise.resolve()));
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (new URL(request.url).pathname.startsWith("/assets/")) event.respondWith(asset(request));
});

async function keepNotice(): Promise<void> {
  const answer = await fetch(NOTICE, { cache: "no-store" });
  if (!answer.ok) throw new Error(`${NOTICE}: ${answer.status}`);
  // Templates write slashes in attributes as entities.
  const text = (await answer.clone().text()).replaceAll("&#x2f;", "/");
  const assets = [...text.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map((found) => found[1] ?? "");
  const cache = await caches.open(CACHE);
  for (const old of await cache.keys()) await cache.delete(old);
  await cache.put(NOTICE, answer);
  await cache.addAll([...new Set(assets)]);
}

async function page(event: Fetching): Promise<Response> {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch (reason) {
    return (await caches.match(NOTICE)) ?? Promise.reject(reason);
  }
}

async function asset(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (reason) {
    return (await caches.match(request)) ?? Promise.reject(reason);
  }
}
