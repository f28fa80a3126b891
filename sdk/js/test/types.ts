// What the types promise: this file is checked, and never run.

import { defineChannel, definePanel, defineSource, Failure, fields, http, Samples, seriesOf, Upstream, views } from "vitrine-sdk";

export const source = defineSource({
  config: { station: fields.text({ matches: /[A-Z]+/ }), unit: fields.choice(["c", "f"], { default: "c" }), port: fields.number({ optional: true }) },
  configure: (config) => ({ url: `https://${config.station}:${config.port ?? 443}`, isCelsius: config.unit === "c" }),
  check: ({ url }) => url,
  collect: ({ url, isCelsius }) => new Samples().gauge("up", { url, celsius: isCelsius }, http.get(url).ok ? 1 : 0),
});

export const channel = defineChannel({
  config: { to: fields.list(fields.text()) },
  deliver({ to }, { alerts }, key) {
    if (alerts.length === 0) throw Failure.retryAfter(new Upstream("later"), 5);
    return { answer: `${to.join()} ${alerts[0]?.labels["alertname"]}`, id: key };
  },
});

export const panel = definePanel({
  options: { warn: fields.number({ optional: true }) },
  render: ({ frames, options }) =>
    views.stat({ figures: seriesOf(frames).map(({ name, values }) => ({ name, value: values.at(-1) ?? NaN, state: views.stateOf(0, { warn: options.warn }) })) }),
});

http.post("https://api.test/", { json: {}, secrets: [http.secret.prefixed("token", "X-Key", "Token "), http.secret.json("token", "/auth/token")] });
http.get("https://api.test/", { secrets: [{ name: "token", placement: { tag: "prefixed", val: { name: "X-Key", prefix: "" } } }] });
// @ts-expect-error A place that there is not.
http.get("https://api.test/", { secrets: [{ name: "token", placement: { tag: "cookie", val: "a" } }] });
// @ts-expect-error A prefix that is missing.
http.secret.prefixed("token", "X-Key");
// @ts-expect-error A unit that there is not.
fields.choice(["c", "f"], { default: "k" });
// @ts-expect-error A channel delivers.
defineChannel({});
// @ts-expect-error A label is no object.
new Samples().gauge("a", { b: {} }, 1);
