"""The source `{{name}}`: every number of a JSON document becomes a series."""

from dataclasses import dataclass

from vitrine_sdk import Samples, Source, Upstream, export, http, wrong


@dataclass
class Config:
    """What the admin writes under `with:`. What is wrong with it is `Invalid`: the admin's to mend."""

    url: str

    def __post_init__(self) -> None:
        if not self.url.startswith(("https://", "http://")):
            raise wrong("url", f"{self.url} does not start with https:// or http://")


@export
class {{type}}(Source):
    Config = Config

    def check(self) -> str:
        """One sentence for the admin, or why it cannot work."""
        return f"{self.config.url} holds {len(self.numbers())} numbers"

    def collect(self) -> Samples:
        """Called as often as the admin's `every:` says."""
        samples = Samples()
        for name, number in self.numbers().items():
            samples.gauge("{{metric}}_value", {"name": name}, number)
        return samples

    def numbers(self) -> dict[str, float]:
        """What is wrong with the far side is `Upstream`: the host tries again, and nothing counts against you."""
        # Raises what a request can fail with: not granted, not sensible, not answered.
        answer = http.get(self.config.url)
        if not answer.ok:
            raise Upstream(f"{self.config.url} answers {answer.status}")
        document = answer.json()
        if not isinstance(document, dict):
            raise Upstream(f"{self.config.url} is not a JSON object")
        return {name: value for name, value in document.items() if type(value) in (int, float)}
