"""Counts of the server for Prometheus: no texts, no names of keys or projects."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

CONTENT_TYPE = CONTENT_TYPE_LATEST
_SECONDS = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300)
_NONE = "none"


@dataclass(frozen=True)
class Load:
    """How busy a server is."""

    loaded_models: int
    waiting: int
    """Computations that wait for their turn."""


class Metrics:
    """One server's counts, since it started."""

    def __init__(self, load: Callable[[], Load], routes: Iterable[str]) -> None:
        self._load, self._routes = load, frozenset(routes)
        self._all = CollectorRegistry()
        ProcessCollector(registry=self._all)
        self._requests = Counter(
            "slm_requests",
            "Requests that were answered or refused.",
            ("route", "model", "status"),
            registry=self._all,
        )
        self._seconds = Histogram(
            "slm_request_seconds",
            "From a request to the end of its answer.",
            ("route",),
            buckets=_SECONDS,
            registry=self._all,
        )
        self._tokens = Counter(
            "slm_tokens", "Tokens of texts.", ("model", "kind"), registry=self._all
        )
        self._under_way = self._gauge("slm_requests_in_progress", "Requests under way.")
        self._waiting = self._gauge("slm_queue_depth", "Computations that wait for their turn.")
        self._loaded = self._gauge("slm_loaded_models", "Base models and encoders in memory.")

    def _gauge(self, name: str, about: str) -> Gauge:
        return Gauge(name, about, registry=self._all)

    def begin(self) -> None:
        """A request has come."""
        self._under_way.inc()

    def end(
        self, route: str, model: str, status: int, seconds: float, read: int, written: int
    ) -> None:
        """It is over.

        Args:
            model: the id of the run or base model; empty where none was found.
            read, written: tokens.
        """
        self._under_way.dec()
        route = route if route in self._routes else _NONE
        model = model or _NONE
        self._requests.labels(route, model, str(status)).inc()
        self._seconds.labels(route).observe(seconds)
        self._tokens.labels(model, "read").inc(read)
        self._tokens.labels(model, "written").inc(written)

    def text(self) -> bytes:
        """All of it, as Prometheus reads it."""
        load = self._load()
        self._waiting.set(load.waiting)
        self._loaded.set(load.loaded_models)
        return generate_latest(self._all)
