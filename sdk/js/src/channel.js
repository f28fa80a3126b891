// Alert channels: they tell people.

import { labelsOf } from "./capabilities.js";
import { configured, defined } from "./definition.js";
import { Fault } from "./faults.js";
import { call, guarded } from "./guard.js";

/** A channel: `deliver(instance, notification, key)` tells, and returns what the far side answered. */
export function defineChannel(parts) {
  if (typeof parts.deliver !== "function") throw new TypeError("a channel needs `deliver`");
  return defined("alert-channel", parts, ["configure", "check", "deliver"]);
}

/** Says whether a delivery is worth another try. Thrown faults decide by themselves: `Invalid` is permanent. */
export class Failure extends Error {
  constructor(tag, fault, seconds) {
    super(fault.message);
    this.name = "Failure";
    this.tag = tag;
    this.fault = fault;
    this.seconds = seconds;
  }

  /** Never try this again. */
  static permanent(fault) {
    return new Failure("permanent", fault);
  }

  /** Try again with backoff. */
  static retry(fault) {
    return new Failure("retry", fault);
  }

  /** The far side said when. */
  static retryAfter(fault, seconds) {
    return new Failure("retry-after", fault, Math.max(0, Math.ceil(seconds)));
  }
}

/** The interfaces that the host calls. */
export function serveChannel(channel) {
  const { lifecycle, instance } = configured(channel);
  const deliver = (raw, key) => {
    const outcome = attempt(() => call(channel, "deliver", instance(), notificationOf(raw), key));
    if (outcome.failure !== undefined) throw outcome.failure;
    const receipt = outcome.receipt;
    return typeof receipt === "object" && receipt !== null
      ? { answer: String(receipt.answer ?? ""), id: receipt.id ?? null }
      : { answer: String(receipt ?? ""), id: null };
  };
  return { lifecycle, delivery: { deliver } };
}

function attempt(work) {
  let meant;
  try {
    return {
      receipt: guarded(() => {
        try {
          return work();
        } catch (error) {
          if (error instanceof Failure) meant = error;
          throw error instanceof Failure && error.fault instanceof Fault ? error.fault : error;
        }
      }),
    };
  } catch (fault) {
    const tag = meant?.tag ?? (fault.tag === "invalid" ? "permanent" : "retry");
    return { failure: { tag, val: tag === "retry-after" ? { fault, seconds: meant.seconds } : fault } };
  }
}

/** A notification with its labels as objects. */
export function notificationOf(raw) {
  const alerts = raw.alerts.map((alert) => ({
    ...alert,
    labels: labelsOf(alert.labels),
    annotations: labelsOf(alert.annotations),
    startsAt: Number(alert.startsAt),
    endsAt: alert.endsAt === null || alert.endsAt === undefined ? undefined : Number(alert.endsAt),
  }));
  return { ...raw, groupLabels: labelsOf(raw.groupLabels), alerts };
}
