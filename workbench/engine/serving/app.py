"""The server's HTTP endpoints; OpenAI's where OpenAI has one.

POST /v1/chat/completions     an answer to a conversation, streamed or whole
POST /v1/completions          a text continued as it stands
POST /v1/embeddings           texts as vectors, of encoders
POST /v1/classify             categories with their probabilities
GET  /v1/models, /v1/models/ID
GET  /health, /metrics        open: how the server is, of nobody's work
"""

from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from workbench.engine.serving.access import months
from workbench.engine.serving.access.key_required import KeyRequired
from workbench.engine.serving.access.key_ring import KeyRing
from workbench.engine.serving.access.limits import Limited, Spent
from workbench.engine.serving.access.loopback_only import LoopbackOnly
from workbench.engine.serving.access.refusals import Refusals
from workbench.engine.serving.api.endpoints import Endpoints
from workbench.engine.serving.api.status import Status
from workbench.engine.serving.errors import ApiError
from workbench.engine.serving.inference import Inference
from workbench.engine.serving.registry import Registry
from workbench.engine.serving.watching.activity import Activity, Counted
from workbench.engine.serving.watching.metrics import Metrics
from workbench.engine.serving.watching.request_log import RequestLog
from workbench.engine.serving.watching.watched import Watched
from workbench.jobs.process.serve_files import KEYS


def create_app(
    registry: Registry,
    answers: Inference,
    activity: Activity,
    name: str = "",
    key_file: Path | None = None,
    refusals: Refusals | None = None,
) -> Starlette:
    """The ASGI application.

    Args:
        name: told by /health, to know one server from another.
        key_file: holds what the workbench sends; None asks nobody for a key.
        refusals: are told of each request whose key is refused.
    """
    refusals = refusals or Refusals()
    log, spent = RequestLog(registry.folder), Spent(kept=registry.folder / months.FILE)
    for key_id, tokens, day in log.tokens():
        spent.add_tokens(key_id, tokens, on=day)
    endpoints = Endpoints(registry, answers)
    routes = [
        Route("/v1/models", endpoints.models),
        Route("/v1/models/{id:path}", endpoints.model),
        Route("/v1/chat/completions", endpoints.chat, methods=["POST"]),
        Route("/v1/completions", endpoints.complete, methods=["POST"]),
        Route("/v1/embeddings", endpoints.embed, methods=["POST"]),
        Route("/v1/classify", endpoints.classify, methods=["POST"]),
    ]
    metrics = Metrics(answers.load, [route.path for route in routes])
    status = Status(name, answers, metrics)
    return Starlette(
        routes=[
            Route("/health", status.health),
            Route("/metrics", status.metrics),
            *routes,
        ],
        middleware=[
            Middleware(LoopbackOnly),
            Middleware(Watched, metrics=metrics, log=log, spent=spent),
            Middleware(
                KeyRequired,
                key_file=key_file,
                keys=KeyRing(registry.folder / KEYS),
                refusals=refusals,
            ),
            Middleware(Limited, spent=spent, refusals=refusals),
            Middleware(Counted, activity=activity),
        ],
        exception_handlers={ApiError: _api_error, HTTPException: _http_error, 500: _bug},
    )


async def _api_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    return error.response()


async def _http_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    known = (
        "GET /v1/models, POST /v1/chat/completions, /v1/completions, /v1/embeddings and "
        "/v1/classify"
    )
    return ApiError(error.status_code, f"{error.detail}: this server has {known}.").response()


async def _bug(_request: Request, error: Exception) -> Response:
    return ApiError(500, f"The server failed ({error}): its log says where.").response()
