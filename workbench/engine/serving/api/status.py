"""How the server is, for whoever watches over it: open to all programs of this machine."""

import time

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from workbench.engine.serving.inference import Inference
from workbench.engine.serving.watching.metrics import CONTENT_TYPE, Metrics


class Status:
    """GET /health and GET /metrics."""

    def __init__(self, name: str, answers: Inference, metrics: Metrics) -> None:
        """`name` tells one server from another."""
        self._name, self._answers, self._metrics = name, answers, metrics
        self._started = time.monotonic()

    async def health(self, _request: Request) -> Response:
        """That it answers, by what, and since when."""
        return JSONResponse(
            {
                "status": "ok",
                "server": self._name,
                "engine": self._answers.engine,
                "loaded_models": self._answers.load().loaded_models,
                "uptime_s": round(time.monotonic() - self._started, 1),
            }
        )

    async def metrics(self, _request: Request) -> Response:
        """Counts, as Prometheus reads them."""
        return Response(self._metrics.text(), media_type=CONTENT_TYPE)
