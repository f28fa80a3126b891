// The panel `{{name}}`: the largest of all series, as one number.

import { definePanel, fields, seriesOf, views } from "vitrine-sdk";

export default definePanel({
  // The panel's own keys in the dashboard.
  options: {
    unit: fields.text({ default: "" }),
    warn: fields.number({ optional: true }),
    bad: fields.number({ optional: true }),
  },

  // A pure function: the same request gives the same view, which all viewers share.
  render({ frames, options }) {
    const current = seriesOf(frames).map(({ name, values }) => ({ name, value: values.at(-1) ?? NaN }));
    const present = current.filter(({ value }) => !Number.isNaN(value));
    // NaN stands for "no value": the page then says so.
    const largest = present.reduce((one, other) => (other.value > one.value ? other : one), present[0] ?? { name: "", value: NaN });
    return views.stat({ unit: options.unit, figures: [{ ...largest, state: views.stateOf(largest.value, options) }] });
  },
});
