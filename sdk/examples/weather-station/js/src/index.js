// A source that reads a weather station, as in ../../rust and ../../python.

import { Samples, Upstream, clock, defineSource, fields, http, log } from "vitrine-sdk";

/** A reading that is older than this is worth a line in the log. */
const OLD_SECONDS = 600;

/** What is wanted of the API's answer. */
const READING = {
  observed_at: fields.number(),
  sensors: fields.map(fields.number()),
  humidity: fields.number(),
  count: fields.number(),
};

export default defineSource({
  config: {
    station: fields.text({ matches: /[A-Z0-9-]{2,16}/, like: "a station's id: 2 to 16 capital letters, digits and hyphens" }),
    url: fields.url(),
    unit: fields.choice(["celsius", "fahrenheit"], { default: "celsius" }),
  },

  check(station) {
    const reading = read(station);
    return `station ${station.station} has ${Object.keys(reading.sensors).length} sensors`;
  },

  collect(station) {
    const reading = read(station);
    if (reading.humidity < 0 || reading.humidity > 1) throw new Error(`a humidity of ${reading.humidity} is impossible`);
    const age = (clock.now() - reading.observed_at) / 1000;
    if (age > OLD_SECONDS) log.warn(`station ${station.station} was last heard of ${Math.round(age)} s ago`);

    const samples = new Samples();
    samples.family("weather_temperature_celsius", "gauge", "What each sensor reads.");
    for (const [sensor, value] of Object.entries(reading.sensors)) {
      samples.gauge("weather_temperature_celsius", { station: station.station, sensor }, celsius(value, station.unit));
    }
    samples.gauge("weather_humidity_ratio", { station: station.station }, reading.humidity);
    samples.gauge("weather_reading_age_seconds", { station: station.station }, age);
    samples.counter("weather_readings_total", { station: station.station }, reading.count);
    return samples;
  },
});

function read({ station, url }) {
  const answer = http.get(`${url}/stations/${station}`);
  if (answer.status === 404) throw new Upstream(`there is no station ${station} at ${url}`);
  if (!answer.ok) throw new Upstream(`the API answered ${answer.status}`);
  return answer.json(READING);
}

function celsius(value, unit) {
  return unit === "fahrenheit" ? ((value - 32) * 5) / 9 : value;
}
