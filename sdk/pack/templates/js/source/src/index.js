// The source `{{name}}`: every number of a JSON document becomes a series.

import { Samples, Upstream, defineSource, fields, http } from "vitrine-sdk";

export default defineSource({
  // What the admin writes under `with:`. What is wrong with it is `Invalid`: the admin's to mend.
  config: { url: fields.url() },

  // One sentence for the admin, or why it cannot work.
  check({ url }) {
    return `${url} holds ${numbers(url).length} numbers`;
  },

  // Called as often as the admin's `every:` says.
  collect({ url }) {
    const samples = new Samples();
    for (const [name, number] of numbers(url)) samples.gauge("{{metric}}_value", { name }, number);
    return samples;
  },
});

// What is wrong with the far side is `Upstream`: the host tries again, and nothing counts against you.
function numbers(url) {
  // Throws what a request can fail with: not granted, not sensible, not answered.
  const answer = http.get(url);
  if (!answer.ok) throw new Upstream(`${url} answers ${answer.status}`);
  const document = answer.json();
  if (document === null || typeof document !== "object" || Array.isArray(document)) throw new Upstream(`${url} is not a JSON object`);
  return Object.entries(document).filter(([, value]) => typeof value === "number");
}
