"""Answers written by a model, the likeliest token each time, many at once."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import torch
from transformers import GenerationConfig, StoppingCriteria, StoppingCriteriaList

from workbench.engine.causal.batching import Batching
from workbench.engine.causal.encode import kept_of_question
from workbench.engine.causal.model import CausalModel
from workbench.engine.causal.reading import Ends, answer_of, ends_set, text_ids
from workbench.engine.generative.fields.constraint import Told
from workbench.engine.generative.held import Held, choices, told_of
from workbench.engine.runtime import device as machine
from workbench.engine.runtime.precision import precision
from workbench.engine.serving.choosing.together import Together
from workbench.engine.serving.choosing.token_choice import TokenChoice
from workbench.jobs.process.stop import Stop

BATCH = {"cpu": 16, "cuda": 64}

Done = Callable[[int], None]
Written = TypeVar("Written")


@torch.inference_mode()
def write_answers(
    model: CausalModel,
    prompts: Sequence[str],
    max_new_tokens: int,
    stop: Stop,
    done: Done,
    form: Held | None = None,
    told: list[Told] | None = None,
) -> list[str]:
    """One answer for each prompt, without the mark of its end.

    Args:
        max_new_tokens: longer answers are cut there.
        done: called with the number of answers that are written.
        form: what the answers keep to; then they are whole, however few tokens they may have.
        told: gets what is told of each answer in a form, in the order of the prompts.

    Raises:
        Cancelled, Orphaned: the process is to leave.
    """
    room = room_to_ask(model, max_new_tokens)
    questions = [_kept(text_ids(prompt, model.tokenizer), room) for prompt in prompts]

    def write(places: Sequence[int]) -> list[tuple[str, Told]]:
        part = [questions[place] for place in places]
        return _write(model, part, max_new_tokens, stop, choices(form, places, max_new_tokens))

    if model.batching is None:
        written = in_batches(questions, write, stop, done)
    else:
        written = _by_engine(model, model.batching, questions, max_new_tokens, stop, done, form)
    if told is not None:
        told += [each for _, each in written]
    return [text for text, _ in written]


def _by_engine(
    model: CausalModel,
    batching: Batching,
    questions: Sequence[list[int]],
    max_new_tokens: int,
    stop: Stop,
    done: Done,
    form: Held | None,
) -> list[tuple[str, Told]]:
    """The same by the engine that batches; `generate` answers where that has no room."""
    ends, tokenizer = ends_set(model.model), model.tokenizer
    answers: dict[int, tuple[str, Told]] = {}
    left: list[int] = []

    def over(place: int, tokens: list[int] | None, choice: TokenChoice) -> None:
        stop.check()
        if tokens is None:
            left.append(place)
            return
        answers[place] = answer_of(tokens, tokenizer, ends), told_of(choice)
        done(len(answers))

    batching.write(questions, max_new_tokens, ends, tokenizer, form, lambda: stop.is_wanted, over)
    for place in left:
        own = choices(form, [place], max_new_tokens)
        (answers[place],) = _write(model, [questions[place]], max_new_tokens, stop, own)
        stop.check()
        done(len(answers))
    return [answers[place] for place in range(len(questions))]


def in_batches(
    questions: Sequence[list[int]],
    write: Callable[[Sequence[int]], list[Written]],
    stop: Stop,
    done: Done,
) -> list[Written]:
    """What `write` answers to batches of questions of like length, in the questions' order.

    Args:
        questions: token ids.
        write: gets the places of some questions.
        done: called with the number of answers that are written.

    Raises:
        Cancelled, Orphaned: the process is to leave.
    """
    order = sorted(range(len(questions)), key=lambda i: -len(questions[i]))
    size = BATCH[machine.device().type]
    answers: list[Any] = [None] * len(questions)
    for start in range(0, len(order), size):
        part = order[start : start + size]
        written = write(part)
        stop.check()
        for i, own in zip(part, written, strict=True):
            answers[i] = own
        done(start + len(part))
    return answers


def room_to_ask(model: CausalModel, max_new_tokens: int) -> int:
    """Tokens of a question: as many as in training, and no more than leave room to answer."""
    context = getattr(model.model.config.get_text_config(), "max_position_embeddings", None)
    return max(8, min(model.max_length, (context or 2**20) - max_new_tokens))


def _kept(ids: list[int], room: int) -> list[int]:
    return [ids[i] for i in kept_of_question(len(ids), room)]


def _write(
    model: CausalModel,
    questions: Sequence[list[int]],
    max_new_tokens: int,
    stop: Stop,
    chosen: Sequence[TokenChoice],
) -> list[tuple[str, Told]]:
    longest = max(len(ids) for ids in questions)
    pad = model.tokenizer.pad_token_id
    rows = torch.tensor([[pad] * (longest - len(ids)) + ids for ids in questions])
    lengths = torch.tensor([len(ids) for ids in questions])
    mask = (torch.arange(longest) >= longest - lengths[:, None]).long()
    ends, tokenizer = ends_set(model.model), model.tokenizer
    together = Together(chosen, min(ends.ids, default=0))
    settings = GenerationConfig(
        do_sample=False,
        max_new_tokens=max(choice.room(max_new_tokens) for choice in chosen),
        eos_token_id=sorted(ends.ids),
        pad_token_id=pad,
    )
    device = machine.device()
    with precision():
        written = model.model.generate(
            input_ids=rows.to(device),
            attention_mask=mask.to(device),
            generation_config=settings,
            logits_processor=together.before,
            stopping_criteria=StoppingCriteriaList(
                [StopWriting(stop), *_stop_at(ends, model), *together.after]
            ),
        )
    texts = [answer_of(ids, tokenizer, ends) for ids in written[:, longest:].tolist()]
    return list(zip(texts, map(told_of, chosen), strict=True))


def _stop_at(ends: Ends, model: CausalModel) -> list[StoppingCriteria]:
    return [StopAtText(ends.text, model.tokenizer)] if ends.text else []


class StopWriting(StoppingCriteria):
    """Ends the writing when the process is to leave."""

    def __init__(self, stop: Stop) -> None:
        self._stop = stop

    def __call__(self, input_ids: torch.Tensor, scores: Any, **_: Any) -> torch.Tensor:
        return torch.full(
            (len(input_ids),), self._stop.is_wanted, dtype=torch.bool, device=input_ids.device
        )


class StopAtText(StoppingCriteria):
    """Ends each answer of which the end is a text that several tokens write."""

    def __init__(self, text: str, tokenizer: Any) -> None:
        self._text, self._tokenizer = text, tokenizer

    def __call__(self, input_ids: torch.Tensor, scores: Any, **_: Any) -> torch.Tensor:
        last = input_ids[:, -len(self._text.encode()) :]  # no token is shorter than a byte
        texts = self._tokenizer.batch_decode(last)
        over = [text.rstrip().endswith(self._text) for text in texts]
        return torch.tensor(over, dtype=torch.bool, device=input_ids.device)
