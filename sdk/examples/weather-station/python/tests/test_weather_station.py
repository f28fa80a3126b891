import unittest

from vitrine_sdk import Denied, Invalid, Upstream
from vitrine_sdk.fake import START, FakeHost, Line, configure, response
from weather_station import WeatherStation

URL = "https://weather.test"
READING = {"observed_at": START - 90_000, "sensors": {"roof": 50, "ground": 41}, "humidity": 0.6, "count": 7}


class WeatherStationTest(unittest.TestCase):
    def setUp(self) -> None:
        self.host = FakeHost()

    def station(self, reading: object, status: int = 200) -> WeatherStation:
        self.host = FakeHost()
        self.host.answer(f"{URL}/stations/BER-1", response(status, reading))
        return configure(WeatherStation, {"station": "BER-1", "url": f"{URL}/", "unit": "fahrenheit"})

    def test_a_reading_becomes_samples(self) -> None:
        station = self.station(READING)
        self.assertEqual(
            str(station.collect()),
            'weather_temperature_celsius{station="BER-1",sensor="roof"} 10\n'
            'weather_temperature_celsius{station="BER-1",sensor="ground"} 5\n'
            'weather_humidity_ratio{station="BER-1"} 0.6\n'
            'weather_reading_age_seconds{station="BER-1"} 90\n'
            'weather_readings_total{station="BER-1"} 7\n',
        )
        self.assertEqual(station.check(), "station BER-1 has 2 sensors")

    def test_an_old_reading_is_worth_a_line(self) -> None:
        station = self.station(READING)
        self.host.advance(600_000)
        station.collect()
        self.assertEqual(self.host.lines, [Line("warn", "station BER-1 was last heard of 690 s ago")])

    def test_each_failure_says_whose_it_is(self) -> None:
        with self.assertRaisesRegex(Invalid, "^`station`: "):
            configure(WeatherStation, {"station": "ber", "url": URL})
        with self.assertRaisesRegex(Invalid, "^`url`: "):
            configure(WeatherStation, {"station": "BER-1", "url": "weather.test"})
        with self.assertRaisesRegex(Upstream, "no station BER-1"):
            self.station("", 404).collect()
        with self.assertRaisesRegex(Upstream, "503"):
            self.station("", 503).collect()
        with self.assertRaises(Upstream):
            self.station("no JSON").collect()
        with self.assertRaisesRegex(ValueError, "a humidity of 7 is impossible"):
            self.station({**READING, "humidity": 7}).collect()
        station = self.station(READING)
        self.host.fail("https://down.test/stations/BER-1", "connect")
        station.config.url = "https://down.test"
        with self.assertRaises(Upstream):
            station.collect()
        station.config.url = "https://else.test"
        with self.assertRaises(Denied):
            station.collect()
