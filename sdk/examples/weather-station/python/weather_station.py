"""A source that reads a weather station, as in ../rust and ../js."""

import re
from dataclasses import dataclass
from typing import Literal

from vitrine_sdk import Samples, Source, Upstream, clock, export, http, log, wrong

#: A reading that is older than this is worth a line in the log.
OLD_SECONDS = 600


@dataclass
class Config:
    station: str
    url: str
    unit: Literal["celsius", "fahrenheit"] = "celsius"

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Z0-9-]{2,16}", self.station):
            raise wrong("station", f"{self.station!r} is not a station's id: 2 to 16 capital letters, digits and hyphens")
        if not self.url.startswith(("https://", "http://")):
            raise wrong("url", f"{self.url!r} does not start with https:// or http://")
        self.url = self.url.rstrip("/")


@dataclass
class Reading:
    """What is wanted of the API's answer."""

    observed_at: float
    sensors: dict[str, float]
    humidity: float
    count: float


class WeatherStation(Source):
    Config = Config

    def check(self) -> str:
        reading = self.read()
        return f"station {self.config.station} has {len(reading.sensors)} sensors"

    def collect(self) -> Samples:
        station = self.config.station
        reading = self.read()
        if not 0 <= reading.humidity <= 1:
            raise ValueError(f"a humidity of {reading.humidity:g} is impossible")
        age = (clock.now() - reading.observed_at) / 1000
        if age > OLD_SECONDS:
            log.warn(f"station {station} was last heard of {round(age)} s ago")

        samples = Samples()
        samples.family("weather_temperature_celsius", "gauge", "What each sensor reads.")
        for sensor, value in reading.sensors.items():
            samples.gauge("weather_temperature_celsius", {"station": station, "sensor": sensor}, self.celsius(value))
        samples.gauge("weather_humidity_ratio", {"station": station}, reading.humidity)
        samples.gauge("weather_reading_age_seconds", {"station": station}, age)
        samples.counter("weather_readings_total", {"station": station}, reading.count)
        return samples

    def read(self) -> Reading:
        station, url = self.config.station, self.config.url
        answer = http.get(f"{url}/stations/{station}")
        if answer.status == 404:
            raise Upstream(f"there is no station {station} at {url}")
        if not answer.ok:
            raise Upstream(f"the API answered {answer.status}")
        return answer.json(Reading)

    def celsius(self, value: float) -> float:
        return (value - 32) * 5 / 9 if self.config.unit == "fahrenheit" else value


export(WeatherStation)
