"""Who can be asked in a project, and how the question is put."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from storage.database import Store
from storage.live import releases
from storage.rights.installation import check_signed_in
from storage.rights.require import require
from storage.rights.rule import CHANGE
from storage.tables import Run
from workbench.core.tasks import asked_as
from workbench.core.tasks.rungs import rung_in_place
from workbench.models.families import Family
from workbench.models.served import (
    UNTRAINED,
    ServedModel,
    in_place_of,
    run_id_of,
    sorts_as,
)
from workbench.training.trained_run import trained_in
from workbench.use import client, served_models, server, server_key
from workbench.use.client import Answer, Number, Question, Sorting
from workbench.use.conversations import MessageView, Turn
from workbench.use.foreground import serve_forever
from workbench.use.server import ServerInfo, ensure_server

__all__ = ["ServerInfo", "ensure_server", "serve_forever"]

VARIED = 0.8
"""The temperature of a further answer where the first was the likeliest one: it would be the same."""
DEFAULT_SETTINGS: dict[str, Any] = {"temperature": 0.0, "top_p": 1.0, "max_tokens": 256}


@dataclass(frozen=True)
class Answerer:
    """A model that can be asked."""

    id: str
    """Its id on the server."""
    title: str
    family: Family
    task: str | None
    """None for a base model that was taught nothing here."""
    run_id: int | None
    base_name: str
    labels: tuple[str, ...]
    system: str
    rung: str = ""
    """What answers in its place; empty for itself."""
    pair: tuple[str, ...] = ()
    """The headings of two texts that belong together, where a question is two."""

    @property
    def name(self) -> str:
        """How it is named in an address."""
        return in_place_of(str(self.run_id or self.id), self.rung)

    @property
    def sorts(self) -> bool:
        """Whether it answers with its categories and says how sure it is of each."""
        return self.task is not None and sorts_as(self.task, self.family)

    @property
    def finds_several(self) -> bool:
        """Whether a text may have several of its categories."""
        return asked_as(self.task).answers_are_sets

    @property
    def estimates(self) -> bool:
        """Whether it answers with a number."""
        return asked_as(self.task).answers_are_numbers

    @property
    def continues(self) -> bool:
        """Whether it goes on with a text instead of answering."""
        return asked_as(self.task).rows_are_documents

    @property
    def remembers(self) -> bool:
        """Whether earlier turns belong to its question; others learned from single questions."""
        task = asked_as(self.task)
        return task.rows_are_conversations or task.compares

    def is_right(self, expected: str, answer: str) -> bool:
        """Whether an answer of its own is the expected one."""
        same = asked_as(self.task).is_right
        return same is not None and same(expected, answer)

    @property
    def untrained_id(self) -> str | None:
        """Its base model, asked in the same way; None if that could not answer."""
        if self.rung or not self.run_id or not self.family.writes_text:
            return None
        return f"{self.id}{UNTRAINED}"


def answerers(store: Store, project_id: int) -> list[Answerer]:
    """The project's trained models, newest first, then base models that can chat untrained."""
    models = served_models.refresh(store)
    names = {row.run.id: row.run.name for row in trained_in(store, project_id)}
    found = [_answerer(model, names) for model in models]
    own = [one for one in found if _answers(one, names)]
    return [*_in_place(store, project_id, own), *own]


def _in_place(store: Store, project_id: int, own: Sequence[Answerer]) -> list[Answerer]:
    """What answers in a model's place, if such a thing is live."""
    with store.read() as session:
        found = releases.live(session, project_id)
        run_id, rung = (found.run_id, releases.rung_of(found)) if found else (None, "")
    if not rung:
        return []
    return [
        replace(
            one,
            id=in_place_of(one.id, rung),
            title=rung_in_place(rung, one.title),
            rung=rung,
        )
        for one in own
        if one.run_id == run_id
    ]


def _answers(one: Answerer, names: Mapping[int, str]) -> bool:
    """Whether it is asked here: a run of the project, or a base model that writes."""
    return one.family.writes_text if one.run_id is None else one.run_id in names


def question(
    answerer_id: str,
    text: str,
    *,
    earlier: Sequence[Turn] = (),
    settings: Mapping[str, Any] | None = None,
    system: str | None = None,
    continues: bool = False,
) -> Question:
    """The question as this model is asked it.

    Args:
        earlier: the turns before; the model sees its own answers to them.
        system: replaces the system prompt it was trained with; None leaves that.
        continues: the text is to be gone on with, not answered.
    """
    chosen = {**DEFAULT_SETTINGS, **(settings or {})}
    if continues:
        return Question(answerer_id, (), text, chosen)
    messages = [] if system is None else [{"role": "system", "content": system}]
    for turn in earlier:
        answer = turn.answer_of(answerer_id)
        if answer is not None and answer.content:
            messages.append({"role": "user", "content": turn.question.content})
            messages.append({"role": "assistant", "content": answer.content})
    messages.append({"role": "user", "content": text})
    return Question(answerer_id, tuple(messages), "", chosen)


def varied(settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """How a further answer to the same question is asked for."""
    return {**settings, "temperature": settings.get("temperature") or VARIED, "seed": seed}


def stream_answers(
    store: Store, url: str, questions: Sequence[Question]
) -> Generator[Answer | None]:
    """The answers as they grow, side by side; see `chat_client.stream_answers`.

    Raises:
        StorageError: who asks may not use one of the models.
    """
    for asked in questions:
        _check_may_ask(store, asked.model)
    return client.stream_answers(url, questions, server_key.key())


def _check_may_ask(store: Store, model_id: str) -> None:
    """Let those ask a trained model who may begin a conversation in its project.

    Raises:
        StorageError: they may not, or do not know of it.
    """
    with store.read() as session:
        if (run_id := run_id_of(model_id)) is not None:
            require(session, Run, run_id, CHANGE)
    check_signed_in(store)


def classify(store: Store, url: str, model_id: str, text: str) -> Sorting:
    """Where a text belongs, by the categories' probabilities.

    Raises:
        StorageError: who asks may not use the model.
    """
    _check_may_ask(store, model_id)
    return client.classify(url, model_id, text, server_key.key())


def ask(
    store: Store,
    model_id: str,
    text: str,
    *,
    system: str | None = None,
    settings: Mapping[str, Any] | None = None,
) -> str:
    """One answer of `run-3` or `base:NAME`, for the command line; starts the server if need be.

    A classifier answers with the category.

    Raises:
        WorkbenchError: there is no such model, or it cannot answer.
    """
    _check_may_ask(store, model_id)
    model = served_models.model_named(store, model_id)
    url = server.ensure_server(store, model_id).url
    task = asked_as(model.task)
    continues = task.rows_are_documents
    asked = question(model_id, text, system=system, settings=settings, continues=continues)
    if model.sorts:
        return classify(store, url, model_id, text).best
    return client.answer(url, asked, server_key.key())


def answer_details(answer: Answer, settings: Mapping[str, Any], title: str) -> dict[str, Any]:
    """What is kept with an answer: who gave it, how it was asked, how long it took."""
    return {
        "title": title,
        "settings": dict(settings),
        "finish_reason": answer.finish_reason or "stopped",
        "tokens": answer.tokens,
        "seconds": round(answer.seconds, 2),
        **({"error": answer.error} if answer.error else {}),
        **({"not_in_examples": list(answer.invented)} if answer.invented else {}),
        **({"fields": answer.fields} if answer.fields else {}),
        **({"read": answer.read} if answer.read else {}),
    }


def probabilities_of(message: MessageView) -> list[tuple[str, float]]:
    """The categories kept with a classifier's answer, the likeliest first."""
    return [(str(label), float(p)) for label, p in message.details.get("probabilities", [])]


def is_none_of_these(message: MessageView) -> bool:
    """Whether the text of a classifier's answer belonged to none of its categories."""
    return message.details.get("none_of_these") is True


def is_to_be_checked(message: MessageView) -> bool:
    """Whether a person is to check a classifier's answer, by the limit as it was when it came."""
    return message.details.get("please_check") is True


def limits_of(message: MessageView) -> dict[str, float]:
    """From which probability on each category holds, kept with an answer that may have several."""
    return {str(label): float(p) for label, p in message.details.get("thresholds") or []}


def number_of(message: MessageView) -> Number | None:
    """The estimate kept with an answer that is a number."""
    kept = message.details.get("number")
    return Number(**kept) if isinstance(kept, dict) else None


def reading_of(message: MessageView) -> str:
    """How much of a long text was read for an answer; empty of one that was read at once."""
    return str(message.details.get("read") or "")


def _answerer(model: ServedModel, names: Mapping[int, str]) -> Answerer:
    run_id = run_id_of(model.id)
    return Answerer(
        id=model.id,
        title=names.get(run_id, model.title) if run_id else model.title,
        family=model.family,
        task=model.task,
        run_id=run_id,
        base_name=model.base.name,
        labels=model.labels,
        system=model.system,
        pair=model.pair,
    )
