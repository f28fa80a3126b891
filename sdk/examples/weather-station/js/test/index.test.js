import assert from "node:assert/strict";
import { test } from "node:test";

import { Denied, Invalid, Upstream } from "vitrine-sdk";
import { FakeHost, configure, response } from "vitrine-sdk/fake";
import source from "../src/index.js";

const URL = "https://weather.test";
const READING = { observed_at: Date.UTC(2026, 0, 1) - 90_000, sensors: { roof: 50, ground: 41 }, humidity: 0.6, count: 7 };

function station(reading, status = 200) {
  const host = new FakeHost();
  host.answer(`${URL}/stations/BER-1`, response(status, reading));
  return { host, station: configure(source, { station: "BER-1", url: `${URL}/`, unit: "fahrenheit" }) };
}

test("a reading becomes samples", () => {
  const { station: instance } = station(READING);
  assert.equal(
    String(source.collect(instance)),
    `weather_temperature_celsius{station="BER-1",sensor="roof"} 10
weather_temperature_celsius{station="BER-1",sensor="ground"} 5
weather_humidity_ratio{station="BER-1"} 0.6
weather_reading_age_seconds{station="BER-1"} 90
weather_readings_total{station="BER-1"} 7
`,
  );
  assert.equal(source.check(instance), "station BER-1 has 2 sensors");
});

test("an old reading is worth a line", () => {
  const { host, station: instance } = station(READING);
  host.advance(600_000);
  source.collect(instance);
  assert.deepEqual(host.lines, [{ level: "warn", message: "station BER-1 was last heard of 690 s ago" }]);
});

test("each failure says whose it is", () => {
  assert.throws(() => configure(source, { station: "ber", url: URL }), (error) => error instanceof Invalid && /^`station`: /.test(error.message));
  assert.throws(() => configure(source, { station: "BER-1", url: "weather.test" }), (error) => error instanceof Invalid && /^`url`: /.test(error.message));
  assert.throws(() => source.collect(station("", 404).station), (error) => error instanceof Upstream && /no station BER-1/.test(error.message));
  assert.throws(() => source.collect(station("", 503).station), (error) => error instanceof Upstream && /503/.test(error.message));
  assert.throws(() => source.collect(station("no JSON").station), Upstream);
  assert.throws(() => source.collect(station({ ...READING, humidity: 7 }).station), /a humidity of 7 is impossible/);
  const { host, station: instance } = station(READING);
  host.fail("https://down.test/stations/BER-1", "connect");
  assert.throws(() => source.collect({ ...instance, url: "https://down.test" }), Upstream);
  assert.throws(() => source.collect({ ...instance, url: "https://else.test" }), Denied);
});
