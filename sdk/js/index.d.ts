// Types of what a plugin imports from "vitrine-sdk".

/** A failure that says whose it is. `kind` tells failures of one capability apart, as `timeout` of `http`. */
export class Fault extends Error {
  constructor(message: string, options?: { kind?: string; cause?: unknown });
  readonly whose: "invalid" | "upstream" | "denied" | "internal";
  readonly kind: string | undefined;
}
/** The admin's configuration or query is wrong; trying again will not help. */
export class Invalid extends Fault {}
/** The system watched (or the relay, or the network) failed; trying again may help. */
export class Upstream extends Fault {}
/** A right was asked for that the admin has not granted. */
export class Denied extends Fault {}
/** The plugin itself failed. Whatever else is thrown becomes one of these. */
export class Internal extends Fault {}

// --- configuration

/** How one key of the admin's `with:` is read. */
export type Field<Value> = (value: unknown, path: string) => Value;
export type Fields = Record<string, Field<any>>;
export type Read<F extends Fields> = { [Name in keyof F]: ReturnType<F[Name]> };

interface Common<Value> {
  default?: Value;
}
interface Optional {
  optional: true;
}

export namespace fields {
  interface Text {
    /** The whole text must match. */
    matches?: RegExp;
    /** What `matches` asks for, in words. */
    like?: string;
  }
  interface Range {
    minimum?: number;
    maximum?: number;
    whole?: boolean;
  }
  function text(options: Text & Optional): Field<string | undefined>;
  function text(options?: Text & Common<string>): Field<string>;
  function url(options: Optional): Field<string | undefined>;
  function url(options?: Common<string>): Field<string>;
  function number(options: Range & Optional): Field<number | undefined>;
  function number(options?: Range & Common<number>): Field<number>;
  function flag(options: Optional): Field<boolean | undefined>;
  function flag(options?: Common<boolean>): Field<boolean>;
  function choice<const Choice extends string>(choices: readonly Choice[], options: Optional): Field<Choice | undefined>;
  function choice<const Choice extends string>(choices: readonly Choice[], options?: Common<NoInfer<Choice>>): Field<Choice>;
  function list<Item>(item: Field<Item>, options: Optional): Field<Item[] | undefined>;
  function list<Item>(item: Field<Item>, options?: Common<Item[]>): Field<Item[]>;
  function table<F extends Fields>(fields: F, options: Optional): Field<Read<F> | undefined>;
  function table<F extends Fields>(fields: F, options?: Common<Read<F>>): Field<Read<F>>;
  function map<Item>(item: Field<Item>, options: Optional): Field<Record<string, Item> | undefined>;
  function map<Item>(item: Field<Item>, options?: Common<Record<string, Item>>): Field<Record<string, Item>>;
  /** A mistake of the admin's in one field: throw it, from `configure` for one. */
  function wrong(path: string, reason: string): Invalid;
}

// --- sources

export type MetricKind = "unknown" | "counter" | "gauge" | "histogram" | "summary";
export type LabelValues = Record<string, string | number | boolean | null | undefined>;
export type Labels = Record<string, string>;

/** Samples of one poll. A family that is not declared is declared by its first sample. */
export class Samples {
  family(name: string, kind: MetricKind, help?: string, unit?: string): this;
  gauge(name: string, labels: LabelValues, value: number): this;
  counter(name: string, labels: LabelValues, value: number): this;
  add(name: string, kind: MetricKind, labels: LabelValues, value: number): this;
  /** The time of the sample added last, in milliseconds since the Unix epoch. */
  at(time: number): this;
  readonly length: number;
  value(name: string, labels?: LabelValues): number | undefined;
  toString(): string;
}

/** Milliseconds since the Unix epoch; `step` is the distance between points that makes sense on screen. */
export interface TimeRange {
  start: number;
  end: number;
  step: number;
}

export interface Action<Instance> {
  title?: string;
  description?: string;
  /** True where it cannot be undone: the page asks first. */
  destructive?: boolean;
  /** JSON Schema of the arguments. */
  arguments?: object;
  /** `person` is who asked, for the audit. Answers a sentence. */
  run(instance: Instance, arguments_: never, person: string): string | void;
}

export interface LogPage {
  lines: { time: number; message: string; level?: string }[];
  labels?: Labels;
  cursor?: string | undefined;
}

export interface Definition<Kind extends string> {
  readonly kind: Kind;
}

export interface SourceParts<Instance> {
  check?(instance: Instance): string;
  collect?(instance: Instance): Samples;
  query?(instance: Instance, query: string, range: TimeRange): Frame[];
  actions?: Record<string, Action<Instance>>;
  logs?(instance: Instance, cursor: string | undefined, limit: number): LogPage;
}

/** `configure` may check more; what it returns is given to the others. Without it they get the configuration. */
interface Configured<F extends Fields, Instance> {
  config: F;
  configure(config: Read<F>): Instance;
}
interface Unconfigured {
  config?: never;
  configure?: never;
}

/** What is not there answers "not offered"; `offers` in plugin.toml says what is. */
export function defineSource<F extends Fields, Instance>(parts: Configured<F, Instance> & SourceParts<Instance>): Definition<"data-source">;
export function defineSource<F extends Fields>(parts: { config: F; configure?: never } & SourceParts<Read<F>>): Definition<"data-source">;
export function defineSource(parts: Unconfigured & SourceParts<{}>): Definition<"data-source">;

// --- frames

export type Values =
  | { tag: "times"; val: number[] }
  | { tag: "numbers"; val: number[] }
  | { tag: "texts"; val: string[] }
  | { tag: "flags"; val: boolean[] };
export interface Column {
  name: string;
  labels: { name: string; value: string }[];
  unit: string | null;
  values: Values;
}
export interface Frame {
  name: string;
  columns: Column[];
}
interface About {
  labels?: LabelValues;
  unit?: string;
}
export function frame(name: string, columns: Column[]): Frame;
export function times(name: string, values: number[]): Column;
export function numbers(name: string, values: number[], about?: About): Column;
export function texts(name: string, values: string[], about?: About): Column;
export function flags(name: string, values: boolean[], about?: About): Column;
export function timesOf(frame: Frame): number[] | undefined;
export interface ColumnRef {
  frame: number;
  column: number;
}
export function seriesOf(frames: Frame[]): { name: string; labels: Labels; values: number[]; column: ColumnRef }[];

// --- channels

export interface Alert {
  status: "firing" | "resolved";
  labels: Labels;
  annotations: Labels;
  startsAt: number;
  endsAt: number | undefined;
  value: number;
  fingerprint: string;
  link: string;
}
export interface Notification {
  status: "firing" | "resolved";
  title: string;
  group: string;
  groupLabels: Labels;
  alerts: Alert[];
  host: string;
  timeZone: string;
}

/** Whether a delivery is worth another try. Thrown faults decide by themselves: `Invalid` is permanent. */
export class Failure extends Error {
  static permanent(fault: Fault): Failure;
  static retry(fault: Fault): Failure;
  static retryAfter(fault: Fault, seconds: number): Failure;
}

export interface ChannelParts<Instance> {
  check?(instance: Instance): string;
  /** `key` is the same for every try. Returns what the far side answered. */
  deliver(instance: Instance, notification: Notification, key: string): string | { answer: string; id?: string };
}

export function defineChannel<F extends Fields, Instance>(parts: Configured<F, Instance> & ChannelParts<Instance>): Definition<"alert-channel">;
export function defineChannel<F extends Fields>(parts: { config: F; configure?: never } & ChannelParts<Read<F>>): Definition<"alert-channel">;
export function defineChannel(parts: Unconfigured & ChannelParts<{}>): Definition<"alert-channel">;

// --- panels

export type State = "neutral" | "good" | "warning" | "bad";
export interface Threshold {
  value: number;
  state: State;
  name: string;
}
export interface View {
  tag: "chart" | "table" | "stat" | "bars" | "slices" | "grid" | "timeline" | "lines" | "graph" | "picture" | "markup" | "svg";
  val: unknown;
}
export namespace views {
  interface Line {
    name: string;
    column?: ColumnRef;
    frame?: number;
    values?: number[];
    mark?: "line" | "area" | "bars" | "points";
    stacked?: boolean;
    side?: "left" | "right";
    stroke?: "solid" | "dashed" | "dotted";
    /** The place of another series in the chart: the space between them is filled. */
    band?: number;
  }
  interface Axis {
    unit?: string;
    minimum?: number;
    maximum?: number;
    logarithmic?: boolean;
  }
  interface Chart extends Axis {
    series: Line[];
    right?: Axis;
    thresholds?: Threshold[];
    connect?: boolean;
    statistics?: ("minimum" | "maximum" | "mean" | "total")[];
  }
  function chart(chart: Chart): View;
  interface Figure {
    name: string;
    value: number;
    delta?: number;
    state?: State;
    trend?: number[];
    minimum?: number;
    maximum?: number;
    thresholds?: Threshold[];
  }
  function stat(stat: { figures: Figure[]; shape?: "number" | "arc" | "bar"; unit?: string; tinted?: boolean }): View;
  type TableColumn = {
    title: string;
    unit?: string;
    align?: "start" | "end";
    states?: State[];
    cell?: "plain" | "gauge" | "tinted";
    minimum?: number;
    maximum?: number;
    links?: string[];
  } & (
    | { times: number[] }
    | { numbers: number[] }
    | { texts: string[] }
    | { flags: boolean[] }
  );
  function table(columns: TableColumn[]): View;
  interface Bars {
    categories: string[];
    groups: { name: string; values: number[]; origin?: ColumnRef }[];
    unit?: string;
    stacked?: boolean;
    horizontal?: boolean;
    touching?: boolean;
    thresholds?: Threshold[];
  }
  function bars(bars: Bars): View;
  function slices(slices: { slices: { name: string; value: number; origin?: ColumnRef }[]; unit?: string; hollow?: boolean }): View;
  interface Grid {
    columns: { times: number[] } | { texts: string[] };
    rows: { numbers: number[] } | { texts: string[] };
    /** The first column from bottom to top, then the next. */
    values: number[];
    rowUnit?: string;
    unit?: string;
  }
  function grid(grid: Grid): View;
  interface Lane {
    name: string;
    spans: { start: number; end: number; text?: string; state?: State }[];
  }
  function timeline(timeline: { lanes: Lane[]; blocks?: boolean }): View;
  interface LogLine {
    time: number;
    text: string;
    state?: State;
    level?: string;
    fields?: LabelValues;
    link?: string;
  }
  function lines(lines: { lines: LogLine[]; ages?: boolean }): View;
  interface Graph {
    nodes: { name: string; value?: number; state?: State; link?: string }[];
    edges: { source: number; target: number; value?: number; state?: State }[];
    nodeUnit?: string;
    edgeUnit?: string;
  }
  function graph(graph: Graph): View;
  function picture(address: string, text: string): View;
  function markup(html: string): View;
  function svg(text: string): View;
  function stateOf(value: number, levels?: { warn?: number | undefined; bad?: number | undefined }): State;
}

export interface RenderRequest<Options> {
  frames: Frame[];
  options: Options;
  width: number;
  height: number;
  theme: "light" | "dark";
  timeZone: string;
  range: TimeRange;
}

/** A pure function: the same request gives the same view. */
export function definePanel<F extends Fields>(parts: { options: F; render(request: RenderRequest<Read<F>>): View }): Definition<"panel">;
export function definePanel(parts: { options?: never; render(request: RenderRequest<{}>): View }): Definition<"panel">;

// --- capabilities

export namespace log {
  function debug(message: unknown): void;
  function info(message: unknown): void;
  function warn(message: unknown): void;
  function error(message: unknown): void;
}

export namespace clock {
  /** Milliseconds since the Unix epoch. */
  function now(): number;
  /** Milliseconds, with their fractions, since an arbitrary moment; never goes back. */
  function monotonic(): number;
}

export namespace http {
  /** Where the host puts a secret: made by `secret`. */
  type Placement =
    | { tag: "bearer" }
    | { tag: "header" | "basic" | "query" | "json" | "form"; val: string }
    | { tag: "prefixed"; val: { name: string; prefix: string } };
  interface Secret {
    /** As in plugin.toml. */
    name: string;
    placement: Placement;
  }
  interface Options {
    headers?: Record<string, string | number>;
    body?: string | Uint8Array;
    /** Sent as the body, with its content type. */
    json?: unknown;
    secrets?: Secret[];
    /** Milliseconds for the whole exchange. */
    timeout?: number;
    redirects?: number;
  }
  class Response {
    readonly status: number;
    readonly version: string;
    readonly headers: { name: string; value: string }[];
    readonly body: Uint8Array;
    readonly address: string;
    readonly url: string;
    readonly redirects: number;
    readonly timing: { resolve: number; connect: number; tls: number; processing: number; transfer: number };
    readonly tls: { version: string; notAfter: number } | undefined;
    readonly ok: boolean;
    header(name: string): string | undefined;
    text(): string;
    json(): any;
    /** Checked by its fields; what else there is is passed over. */
    json<F extends Fields>(fields: F): Read<F>;
  }
  function send(method: string, url: string, options?: Options): Response;
  function get(url: string, options?: Options): Response;
  function post(url: string, options?: Options): Response;
  const secret: {
    /** `Authorization: Bearer`. */
    bearer(name: string): Secret;
    /** A header of this name. */
    header(name: string, header: string): Secret;
    /** A header of this name, with something right before the secret: `Token ` needs its space. */
    prefixed(name: string, header: string, prefix: string): Secret;
    /** `Authorization: Basic`, with this user name and the secret as password. */
    basic(name: string, user: string): Secret;
    /** A query parameter of this name. */
    query(name: string, parameter: string): Secret;
    /** A member of the JSON object that the body is: its name, or a JSON Pointer (`/auth/token`) to one further in. */
    json(name: string, member: string): Secret;
    /** A field of this name, added to the body of an HTML form (`a=1&b=2`). */
    form(name: string, field: string): Secret;
  };
}

export const state: {
  get(key: string): Uint8Array | undefined;
  set(key: string, value: string | Uint8Array): void;
  delete(key: string): void;
  keys(prefix?: string): string[];
};

export const metrics: {
  count(name: string, labels?: LabelValues, by?: number): void;
  gauge(name: string, labels: LabelValues, value: number): void;
};

export const files: {
  read(path: string, offset?: number, length?: number): Uint8Array;
  entries(path?: string): { name: string; size: number; folder: boolean; modified: number }[];
};

export const sql: {
  query(database: string, statement: string, parameters?: (null | boolean | number | bigint | string)[]): Frame;
};

export const system: {
  read(...sections: ("cpu" | "load" | "memory" | "disks" | "diskIo" | "network" | "uptime" | "processes")[]): any;
};

export const mail: {
  send(message: {
    to: string | string[];
    subject: string;
    text: string;
    html?: string;
    thread?: string;
    key: string;
    attachments?: { name: string; contentType: string; contentId: string | null; data: Uint8Array }[];
  }): string;
};

export function encodeText(text: string): Uint8Array;
export function decodeText(bytes: Uint8Array): string;
