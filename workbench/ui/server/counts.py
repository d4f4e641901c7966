"""This web process's counts for Prometheus: requests, runs of pages, open pages. No names, no texts."""

from prometheus_client import Counter, Gauge, Histogram

from workbench.jobs.operations import figures
from workbench.ui import context

REGISTRY = figures.registry(context.store)
_SECONDS = (0.01, 0.03, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30)
_REQUESTS = Counter(
    "slm_web_requests",
    "Requests that were answered.",
    ("route", "method", "status"),
    registry=REGISTRY,
)
_REQUEST_SECONDS = Histogram(
    "slm_web_request_seconds",
    "From a request to the end of its answer.",
    ("route",),
    buckets=_SECONDS,
    registry=REGISTRY,
)
_RUNS = Counter("slm_page_runs", "Runs of whole pages.", ("page", "outcome"), registry=REGISTRY)
_RUN_SECONDS = Histogram(
    "slm_page_run_seconds", "A run of a whole page.", ("page",), buckets=_SECONDS, registry=REGISTRY
)
_SESSIONS = Gauge("slm_sessions", "Open pages, each with its WebSocket.", registry=REGISTRY)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"})


def answered(route: str, method: str, status: int, seconds: float) -> None:
    """A request is over."""
    _REQUESTS.labels(route, method if method in _METHODS else "other", str(status)).inc()
    _REQUEST_SECONDS.labels(route).observe(seconds)


def ran(page: str, outcome: str, seconds: float) -> None:
    """A page has run: ok, error, or ended early (redirected)."""
    _RUNS.labels(page, outcome).inc()
    _RUN_SECONDS.labels(page).observe(seconds)


def opened(pages: int) -> None:
    """So many more pages are open; fewer, if below nought."""
    _SESSIONS.inc(pages)
