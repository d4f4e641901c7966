"""How this web process and the installation are doing, for whoever runs it.

GET /health/live    that this process answers
GET /health/ready   whether it can show pages: a proxy sends it requests only then
GET /health         whether all is well, the worker too
GET /metrics        figures for Prometheus

They answer who asks on this machine itself or has the token of WORKBENCH_METRICS_TOKEN; for anybody
else there is nothing there.
"""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from workbench.jobs.operations import access, figures, health
from workbench.ui import context
from workbench.ui.routes.own_path import base_path
from workbench.ui.server import counts

_HEADERS = {"Cache-Control": "no-store"}


def routes() -> list[Route]:
    """The routes, under the same base path as the pages."""
    base = base_path()
    return [
        Route(f"{base}/health", whole),
        Route(f"{base}/health/live", live),
        Route(f"{base}/health/ready", ready),
        Route(f"{base}/metrics", metrics),
    ]


async def live(request: Request) -> Response:
    """That it answers."""
    return _refusal(request) or JSONResponse({"status": "ok"}, headers=_HEADERS)


async def ready(request: Request) -> Response:
    """Whether pages can be shown."""
    if refused := _refusal(request):
        return refused
    found = await run_in_threadpool(health.check, context.installation)
    return _answer(found, health.is_ready(found))


async def whole(request: Request) -> Response:
    """Whether all is well."""
    if refused := _refusal(request):
        return refused
    found = await run_in_threadpool(health.check, context.installation)
    return _answer(found, health.is_healthy(found))


async def metrics(request: Request) -> Response:
    """Figures, as Prometheus reads them."""
    if refused := _refusal(request):
        return refused
    text = await run_in_threadpool(figures.text, counts.REGISTRY)
    return Response(text, media_type=figures.CONTENT_TYPE, headers=_HEADERS)


def _answer(found: list[health.Check], well: bool) -> Response:
    body = health.report(found, well)
    return Response(body, 200 if well else 503, _HEADERS, "application/json")


def _refusal(request: Request) -> Response | None:
    if access.is_welcome(dict(request.headers)):
        return None
    return PlainTextResponse("Not found", 404, _HEADERS)
