// Civil time in the zone that the host tells its times in: what the script draws must not differ from the host's own page.

/** Days and times as a calendar and a clock show them. */
export interface Civil {
  year: number;
  /** 1 to 12. */
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

type Field = keyof Civil;

const SECOND = 1000;

let chosen = formatter(typeof document === "undefined" ? undefined : document.documentElement.dataset.zone);

/** Tells times in this zone from now on; in the browser's own where it knows none of this name. */
export function setZone(name: string | undefined): void {
  chosen = formatter(name);
}

function formatter(zone: string | undefined): Intl.DateTimeFormat {
  const options: Intl.DateTimeFormatOptions = {
    calendar: "gregory", numberingSystem: "latn", hourCycle: "h23",
    year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric",
  };
  try {
    return new Intl.DateTimeFormat("en-US", zone ? { ...options, timeZone: zone } : options);
  } catch {
    return new Intl.DateTimeFormat("en-US", options);
  }
}

/** What calendar and clock show at a moment, which must be one that dates can have. */
export function civil(at: number): Civil {
  const found: Civil = { year: 0, month: 1, day: 1, hour: 0, minute: 0, second: 0 };
  for (const { type, value } of chosen.formatToParts(at)) {
    if (type in found) found[type as Field] = Number(value);
  }
  return found;
}

/** The moment at which they show this; fields may overflow. In an hour that is skipped, the one after the skip. */
export function moment(year: number, month: number, day: number, second = 0): number {
  const guess = Date.UTC(year, month - 1, day) + second * SECOND;
  const first = guess - offset(guess);
  return guess - offset(first);
}

/** By how much clocks are ahead of UTC, in milliseconds. */
function offset(at: number): number {
  const shown = civil(at);
  const seconds = Math.floor(at / SECOND) * SECOND;
  return Date.UTC(shown.year, shown.month - 1, shown.day, shown.hour, shown.minute, shown.second) - seconds;
}
