// Types of what tests import from "vitrine-sdk/fake".

import type { Definition, Frame, View, http } from "./index.d.ts";

export class FakeHost {
  readonly lines: { level: string; message: string }[];
  readonly requests: {
    method: string;
    url: string;
    headers: { name: string; value: string }[];
    body: Uint8Array;
    secrets: http.Secret[];
    timeout: number | null;
    redirects: number;
  }[];
  readonly mails: unknown[];
  readonly metrics: { name: string; labels: { name: string; value: string }[]; value: number }[];
  setNow(now: number): void;
  advance(milliseconds: number): void;
  answer(url: string, response: object): void;
  fail(url: string, kind: string, reason?: string): void;
  grantState(): void;
  grantMetrics(): void;
  putFile(path: string, content: string | Uint8Array): void;
  setRows(database: string, statement: string, frame: Frame): void;
  setSystem(snapshot: object): void;
  setMail(answer: string): void;
}

/** What is no text is sent as JSON. */
export function response(status: number, body?: unknown, headers?: Record<string, string>): object;

/** Configures a source or a channel as the host does; answers what its functions get first. */
export function configure(definition: Definition<"data-source" | "alert-channel">, config?: object): any;

/** Renders as the host does. */
export function render(panel: Definition<"panel">, frames: Frame[], options?: object): View;
