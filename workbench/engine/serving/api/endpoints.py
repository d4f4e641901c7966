"""What each endpoint of /v1 does: read the request, find the model, have it answered, note it."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from workbench.engine.serving import requests, streaming
from workbench.engine.serving.api import embeddings
from workbench.engine.serving.api.answers import Answers
from workbench.engine.serving.api.body import body_of
from workbench.engine.serving.api.tools import refusal
from workbench.engine.serving.inference import Inference
from workbench.engine.serving.registry import Registry
from workbench.engine.serving.requests import GenerationRequest
from workbench.engine.serving.responses import ResponseFormat, Written, model_object
from workbench.engine.serving.watching.record import Record, record_of
from workbench.models.served import ServedModel


class Endpoints:
    """The endpoints of one server."""

    def __init__(self, registry: Registry, answers: Inference) -> None:
        self._registry, self._answers = registry, answers

    async def models(self, request: Request) -> Response:
        """GET /v1/models"""
        offered = self._registry.offered(record_of(request.scope).caller.project_id)
        told = [model_object(one, self._answers.engine_name(one)) for one in offered.values()]
        return JSONResponse({"object": "list", "data": told})

    async def model(self, request: Request) -> Response:
        """GET /v1/models/ID"""
        name, record = request.path_params["id"], record_of(request.scope)
        offered = self._registry.offered(record.caller.project_id)
        entry = offered.get(name) or self._found(name, record)
        return JSONResponse(model_object(entry, self._answers.engine_name(entry)))

    async def chat(self, request: Request) -> Response:
        """POST /v1/chat/completions"""
        asked = requests.chat_request(await body_of(request))
        return await self._answer(request, asked, chat=True)

    async def complete(self, request: Request) -> Response:
        """POST /v1/completions"""
        asked = requests.completion_request(await body_of(request))
        return await self._answer(request, asked, chat=False)

    async def embed(self, request: Request) -> Response:
        """POST /v1/embeddings"""
        asked = embeddings.request_of(await body_of(request))
        record = record_of(request.scope)
        entry = self._found(asked.model, record)
        record.question = asked.texts
        found = await streaming.unless_left(
            request, lambda check: self._answers.embed(entry, asked.texts, check)
        )
        record.tokens_read = found.tokens
        return JSONResponse(embeddings.response(asked, found))

    async def classify(self, request: Request) -> Response:
        """POST /v1/classify"""
        model, given = requests.classify_request(await body_of(request))
        record = record_of(request.scope)
        entry = self._found(model, record)
        texts = requests.as_questions(given, entry)
        record.question = texts
        found = await streaming.unless_left(
            request, lambda check: self._answers.classify(entry, texts, check)
        )
        record.answers = [one["label"] for one in found]
        record.tokens_read = await run_in_threadpool(self._answers.tokens_of, entry, texts)
        return JSONResponse({"object": "list", "model": model, "data": found})

    def _found(self, name: str, record: Record) -> ServedModel:
        """The model of this name, as far as the caller may have it; it is noted."""
        record.model = name
        entry = self._registry.get(name, record.caller.project_id)
        record.answered_by = entry.id
        return entry

    async def _answer(self, request: Request, asked: GenerationRequest, *, chat: bool) -> Response:
        record = record_of(request.scope)
        entry = self._found(asked.model, record)
        record.question = asked.messages or [asked.prompt, *asked.more_prompts]
        shape = ResponseFormat(asked.model, chat, asked.include_usage, entry.id)
        if asked.tools is not None and (entry.rung or not entry.calls_tools):
            raise refusal(asked.model)
        if entry.rung or not entry.family.writes_text:
            return await self._label(request, entry, asked, shape)
        answers = self._generations(entry, asked, record)
        if asked.stream:
            return await streaming.streamed(answers, shape)
        return await streaming.whole(request, answers, shape)

    def _generations(self, entry: ServedModel, asked: GenerationRequest, record: Record) -> Answers:
        def ended(answers: Answers) -> None:
            record.tokens_read = answers.usage.prompt_tokens
            record.tokens_written = answers.usage.completion_tokens
            record.answers, record.left = answers.texts, answers.was_left

        each = list(asked.answers())
        return Answers(
            [self._answers.generation(entry, one) for one in each],
            prompts=len(each) // asked.n,
            logprobs=asked.sampling.top_logprobs is not None,
            tools=asked.tools.names if asked.tools else frozenset(),
            ended=ended,
        )

    async def _label(
        self, request: Request, entry: ServedModel, asked: GenerationRequest, shape: ResponseFormat
    ) -> Response:
        requests.refuse_for_categories(asked)
        label, usage, to_check = await streaming.unless_left(
            request, lambda check: self._answers.label(entry, asked, check)
        )
        record = record_of(request.scope)
        record.answers, record.tokens_read = [label], usage.prompt_tokens
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
