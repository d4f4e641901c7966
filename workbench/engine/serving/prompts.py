"""From the messages of a request to the text that the model reads: what training used."""

from collections.abc import Sequence

from workbench.core.chats.source_text import source_text
from workbench.core.errors import WorkbenchError
from workbench.core.messages import render_prompt
from workbench.core.tasks import asked_as
from workbench.core.tools.told import told_of_tools
from workbench.core.tools.tool import read as read_tools
from workbench.engine.causal.batches import longest_example
from workbench.engine.causal.marks import Guard
from workbench.engine.causal.reading import text_ids
from workbench.engine.generative.leaning.leaning import Leaning
from workbench.engine.generative.long_texts.fitting import fitted
from workbench.engine.models.load import base_folder
from workbench.engine.serving.errors import ApiError
from workbench.engine.serving.pair_model import PairModel
from workbench.engine.serving.text_model import TextModel
from workbench.models.served import ServedModel
from workbench.models.templates import template_of


def prompt_of(entry: ServedModel, messages: Sequence[dict[str, str]], guard: Guard) -> str:
    """The text to continue with the answer; what is a mark in the messages is guarded.

    For an encoder-decoder it is the encoder's text, which its own tokenizer guards.

    A system message in the request replaces the one that the model was trained with; an empty
    one takes it away.

    Raises:
        ApiError: 400, the model's template refuses this order of turns.
    """
    if entry.family.reads_apart:
        return source_text(conversation(entry, messages))
    try:
        turns = guard.messages(conversation(entry, messages))
        return render_prompt(turns, template_of(entry.template_from, entry.base.name))
    except WorkbenchError as error:
        raise ApiError(400, str(error), code="invalid_value", param="messages") from error


def asked_of(
    entry: ServedModel, messages: Sequence[dict[str, str]], loaded: TextModel
) -> tuple[str, str]:
    """The same for a question that is longer than those the model learned from: what it reads of it, as
    in training; and how much that is, in a few words.

    A talk of several turns is read as it stands, as far as it fits into the model's context.

    Raises:
        ApiError: 400, the model's template refuses this order of turns.
    """
    guard, whole = loaded.guard, prompt_of(entry, messages, loaded.guard)
    asks_once = [message["role"] for message in messages if message["role"] != "system"] == ["user"]
    about = asked_as(entry.task)
    if not entry.long_texts or not asks_once or about.rows_are_conversations:
        return whole, ""
    if isinstance(loaded, PairModel):
        chosen = loaded.selected(whole, entry.max_length, entry.long_texts)
        return chosen.text, chosen.said

    def rendered(turns: Sequence[dict[str, str]]) -> str:
        template = template_of(entry.template_from, entry.base.name)
        return render_prompt(guard.messages(list(turns)), template)

    def count(text: str) -> int:
        return len(text_ids(guard.text(text), loaded.tokenizer))

    most = longest_read(entry)
    if len(whole.encode()) <= most or len(text_ids(whole, loaded.tokenizer)) <= most:
        return whole, ""
    found = fitted(
        conversation(entry, messages), most, entry.long_texts, count,
        lambda turns: len(text_ids(rendered(turns), loaded.tokenizer)),
    )  # fmt: skip
    return rendered(found.messages), found.said


def conversation(entry: ServedModel, messages: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """The turns as the model was trained to see them: system prompt first, question worded."""
    given = [message["content"] for message in messages if message["role"] == "system"]
    system = told_of_tools(entry.system, given, read_tools(entry.tools))
    turns = [dict(message) for message in messages if message["role"] != "system"]
    question = turns[-1]["content"] if turns else ""
    if turns:
        turns[-1]["content"] = asked_as(entry.task).worded(question, entry.labels)
    told = [{"role": "system", "content": system}, *turns] if system else turns
    leaning = Leaning.read(entry.leans_on, longest_read(entry)) if entry.leans_on else None
    return leaning.before(told, question, learned=False) if leaning and turns else told


def longest_read(entry: ServedModel) -> int:
    """Tokens that an example had when the model learned."""
    return longest_example(base_folder(entry.base), entry.max_length)
