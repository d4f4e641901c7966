"""The server's HTTP endpoints; OpenAI's where OpenAI has one.

POST /v1/chat/completions     an answer to a conversation, streamed or whole
POST /v1/completions          a text continued as it stands
POST /v1/classify             categories with their probabilities
GET  /v1/models, /v1/models/ID
GET  /health
"""

from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from workbench.engine.serving import requests, streaming
from workbench.engine.serving.access.key_required import KeyRequired
from workbench.engine.serving.access.loopback_only import LoopbackOnly
from workbench.engine.serving.activity import Activity, Counted
from workbench.engine.serving.api.answers import Answers
from workbench.engine.serving.api.body import body_of
from workbench.engine.serving.errors import ApiError
from workbench.engine.serving.inference import Inference
from workbench.engine.serving.registry import Registry
from workbench.engine.serving.requests import GenerationRequest
from workbench.engine.serving.responses import ResponseFormat, Written, model_object
from workbench.models.served import ServedModel


def create_app(
    registry: Registry,
    answers: Inference,
    activity: Activity,
    name: str = "",
    key_file: Path | None = None,
) -> Starlette:
    """The ASGI application.

    Args:
        name: told by /health, to know one server from another.
        key_file: holds what everybody must send who asks for more than that; None asks for none.
    """
    endpoints = _Endpoints(registry, answers, name)
    return Starlette(
        routes=[
            Route("/health", endpoints.health),
            Route("/v1/models", endpoints.models),
            Route("/v1/models/{id:path}", endpoints.model),
            Route("/v1/chat/completions", endpoints.chat, methods=["POST"]),
            Route("/v1/completions", endpoints.complete, methods=["POST"]),
            Route("/v1/classify", endpoints.classify, methods=["POST"]),
        ],
        middleware=[
            Middleware(LoopbackOnly),
            Middleware(KeyRequired, key_file=key_file),
            Middleware(Counted, activity=activity),
        ],
        exception_handlers={ApiError: _api_error, HTTPException: _http_error, 500: _bug},
    )


class _Endpoints:
    def __init__(self, registry: Registry, answers: Inference, name: str) -> None:
        self._registry, self._answers, self._name = registry, answers, name

    async def health(self, _request: Request) -> Response:
        return JSONResponse({"status": "ok", "server": self._name})

    async def models(self, _request: Request) -> Response:
        entries = self._registry.entries().values()
        return JSONResponse({"object": "list", "data": [model_object(e) for e in entries]})

    async def model(self, request: Request) -> Response:
        return JSONResponse(model_object(self._registry.get(request.path_params["id"])))

    async def chat(self, request: Request) -> Response:
        asked = requests.chat_request(await body_of(request))
        return await self._answer(request, asked, chat=True)

    async def complete(self, request: Request) -> Response:
        asked = requests.completion_request(await body_of(request))
        return await self._answer(request, asked, chat=False)

    async def classify(self, request: Request) -> Response:
        model, texts = requests.classify_request(await body_of(request))
        entry = self._registry.get(model)
        found = await streaming.unless_left(
            request, lambda check: self._answers.classify(entry, texts, check)
        )
        return JSONResponse({"object": "list", "model": model, "data": found})

    async def _answer(self, request: Request, asked: GenerationRequest, *, chat: bool) -> Response:
        entry = self._registry.get(asked.model)
        shape = ResponseFormat(asked.model, chat, asked.include_usage, entry.id)
        if not entry.family.writes_text:
            return await self._label(request, entry, asked, shape)
        each = list(asked.answers())
        answers = Answers(
            [self._answers.generation(entry, one) for one in each],
            prompts=len(each) // asked.n,
            logprobs=asked.sampling.top_logprobs is not None,
        )
        if asked.stream:
            return await streaming.streamed(answers, shape)
        return await streaming.whole(request, answers, shape)

    async def _label(
        self, request: Request, entry: ServedModel, asked: GenerationRequest, shape: ResponseFormat
    ) -> Response:
        requests.refuse_for_categories(asked)
        label, usage, to_check = await streaming.unless_left(
            request, lambda check: self._answers.label(entry, asked, check)
        )
        if not asked.stream:
            answer = Written(label, "stop", please_check=to_check)
            return JSONResponse(shape.whole([answer] * asked.n, usage))
        events = [
            event
            for index in range(asked.n)
            for event in (
                *shape.opening(index),
                shape.piece(Written(label), index),
                shape.closing(Written("", "stop", please_check=to_check), index),
            )
        ]
        return streaming.told([*events, *shape.end(usage)])


async def _api_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    return error.response()


async def _http_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    known = "GET /v1/models, POST /v1/chat/completions, /v1/completions and /v1/classify"
    return ApiError(error.status_code, f"{error.detail}: this server has {known}.").response()


async def _bug(_request: Request, error: Exception) -> Response:
    return ApiError(500, f"The server failed ({error}): its log says where.").response()
