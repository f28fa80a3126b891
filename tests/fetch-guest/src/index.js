// A source that asks by plain `fetch`, which is `wasi:http` inside: no SDK, and another engine than the SDK's. Its samples are
// the numbers of the answer.

let config;

export const lifecycle = {
  configure(text) {
    config = JSON.parse(text);
  },
  check: () => `asks ${config.url} by fetch`,
};

export const collector = {
  async collect() {
    const { url, body } = config;
    try {
      const method = body === undefined ? "GET" : "POST";
      const answer = await fetch(url, { method, body, headers: { "x-greeting": "from the sandbox" } });
      return batch({ status: answer.status, ...numbers(await answer.text()) });
    } catch (error) {
      throw { tag: "upstream", val: `fetch failed: ${error.message}` };
    }
  },
};

export const queryable = { query: (queries) => queries.map(() => ({ tag: "err", val: none })) };
export const actions = { offered: () => [], run: refuse };
export const logs = { read: refuse };

const none = { tag: "internal", val: "this is not offered" };

function refuse() {
  throw none;
}

function numbers(text) {
  try {
    return Object.fromEntries(Object.entries(JSON.parse(text)).filter(([, value]) => typeof value === "number"));
  } catch {
    return {};
  }
}

function batch(values) {
  const names = Object.keys(values).map((name) => `fetched_${name}`);
  return {
    families: names.map((name) => ({ name, kind: "gauge", help: "", unit: "" })),
    symbols: ["__name__", ...names],
    labels: Uint32Array.from(names.flatMap((_, place) => [0, place + 1])),
    ends: Uint32Array.from(names, (_, place) => 2 * place + 2),
    values: Float64Array.from(Object.values(values)),
    times: new BigInt64Array(0),
  };
}
