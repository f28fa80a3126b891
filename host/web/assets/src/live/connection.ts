// The line to the host: WebSocket, or server-sent events where a proxy does not let that through. Always comes back.

import { backoff } from "./backoff.ts";

export type Line = "live" | "reconnecting";

export interface Addresses {
  socket: string;
  events: string;
}

interface Wire {
  close(): void;
}

interface Listener {
  opened(): void;
  said(text: string): void;
  lost(): void;
}

/** Two doors in a row that did not open: try the other kind. */
const TRIES_PER_KIND = 2;
const SILENT_TOO_LONG = 120_000;

export class Connection {
  private wire: Wire | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private attempt = 0;
  private unopened = 0;
  private useEvents = false;
  private heard = Date.now();

  constructor(
    private addresses: Addresses,
    private readonly said: (text: string) => void,
    private readonly changed: (line: Line) => void,
  ) {
    addEventListener("online", () => this.reopen());
    document.addEventListener("visibilitychange", () => {
      // A machine that slept may hold a dead socket without knowing.
      if (!document.hidden && Date.now() - this.heard > SILENT_TOO_LONG) this.reopen();
    });
    // Without this the browser keeps the page out of its back/forward cache.
    addEventListener("pagehide", () => this.close());
    addEventListener("pageshow", (event) => event.persisted && this.reopen());
    this.open();
  }

  /** Starts anew, now; the host then tells everything again. */
  reopen(): void {
    this.close();
    this.attempt = 0;
    this.open();
  }

  /** What the page shows now is told elsewhere. */
  move(addresses: Addresses): void {
    this.addresses = addresses;
    this.reopen();
  }

  private close(): void {
    clearTimeout(this.timer);
    this.wire?.close();
    this.wire = null;
  }

  private open(): void {
    let opened = false;
    const listener: Listener = {
      opened: () => {
        opened = true;
        this.attempt = 0;
        this.unopened = 0;
        this.heard = Date.now();
        this.changed("live");
      },
      said: (text) => {
        this.heard = Date.now();
        this.said(text);
      },
      lost: () => this.lost(opened),
    };
    this.wire = this.useEvents ? openEvents(this.addresses.events, listener) : openSocket(this.addresses.socket, listener);
  }

  private lost(wasOpen: boolean): void {
    this.close();
    this.changed("reconnecting");
    if (!wasOpen && ++this.unopened >= TRIES_PER_KIND) {
      this.useEvents = !this.useEvents;
      this.unopened = 0;
    }
    this.timer = setTimeout(() => this.open(), backoff(this.attempt++, Math.random()));
  }
}

function openSocket(path: string, listener: Listener): Wire {
  const address = new URL(path, location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(address);
  const ours = (): void => {
    socket.onopen = socket.onmessage = socket.onclose = null;
  };
  socket.onopen = listener.opened;
  socket.onmessage = (event) => typeof event.data === "string" && listener.said(event.data);
  socket.onclose = () => {
    ours();
    listener.lost();
  };
  return {
    close: () => {
      ours();
      socket.close();
    },
  };
}

function openEvents(path: string, listener: Listener): Wire {
  const source = new EventSource(path);
  source.onopen = listener.opened;
  source.onmessage = (event) => listener.said(String(event.data));
  source.onerror = () => {
    // It would retry by itself, all viewers at the same pace: ours has jitter.
    source.close();
    listener.lost();
  };
  return { close: () => source.close() };
}
