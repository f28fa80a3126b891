// The channel `{{name}}`: one POST per notification.

import { Failure, Upstream, defineChannel, fields, http } from "vitrine-sdk";

export default defineChannel({
  // What the admin writes under `with:`. What is wrong with it is `Invalid`: the admin's to mend.
  config: { url: fields.url() },

  // `key` is the same at each try of one delivery: hand it on, so that the far side can tell a repeat.
  deliver({ url }, { status, title, alerts }, key) {
    const json = { state: status, title, alerts: alerts.length };
    const answer = http.post(url, { json, headers: { "idempotency-key": key }, redirects: 0 });
    if (answer.ok) return String(answer.status);
    const told = new Upstream(`the receiver answered ${answer.status}`);
    // Some failures may be better later, and are tried again with growing pauses; others will not get better by themselves.
    const isPassing = answer.status === 408 || answer.status === 429 || answer.status >= 500;
    throw isPassing ? Failure.retry(told) : Failure.permanent(told);
  },
});
