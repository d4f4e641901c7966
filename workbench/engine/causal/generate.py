"""Answers written by a model, the likeliest token each time, many at once."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import torch
from transformers import GenerationConfig, StoppingCriteria, StoppingCriteriaList

from workbench.engine.causal.encode import kept_of_question
from workbench.engine.causal.loss import precision
from workbench.engine.causal.model import Bundle
from workbench.engine.runtime import device as machine
from workbench.jobs.process.shell import Process

BATCH = {"cpu": 16, "cuda": 64}

Done = Callable[[int], None]


@torch.inference_mode()
def write_answers(
    bundle: Bundle,
    prompts: Sequence[str],
    max_new_tokens: int,
    process: Process,
    done: Done,
) -> list[str]:
    """One answer for each prompt, without the mark of its end.

    Args:
        max_new_tokens: longer answers are cut there.
        done: called with the number of answers that are written.

    Raises:
        Cancelled, Orphaned: the process is to leave.
    """
    room = _room(bundle, max_new_tokens)
    questions = [_kept(ids, room) for ids in _ids(bundle, prompts)]
    order = sorted(range(len(prompts)), key=lambda i: -len(questions[i]))
    size = BATCH[machine.device().type]
    answers = [""] * len(prompts)
    for start in range(0, len(order), size):
        part = order[start : start + size]
        texts = _write(bundle, [questions[i] for i in part], max_new_tokens, process)
        process.check()
        for i, text in zip(part, texts, strict=True):
            answers[i] = text
        done(start + len(part))
    return answers


def _ids(bundle: Bundle, prompts: Sequence[str]) -> list[list[int]]:
    return bundle.tokenizer(list(prompts), add_special_tokens=False)["input_ids"] if prompts else []


def _room(bundle: Bundle, max_new_tokens: int) -> int:
    """Tokens of a question: as many as in training, and no more than leave room to answer."""
    context = getattr(bundle.model.config.get_text_config(), "max_position_embeddings", None)
    return max(8, min(bundle.max_length, (context or 2**20) - max_new_tokens))


def _kept(ids: list[int], room: int) -> list[int]:
    return [ids[i] for i in kept_of_question(len(ids), room)]


def _write(
    bundle: Bundle, questions: Sequence[list[int]], max_new_tokens: int, process: Process
) -> list[str]:
    longest = max(len(ids) for ids in questions)
    pad = bundle.tokenizer.pad_token_id
    rows = torch.tensor([[pad] * (longest - len(ids)) + ids for ids in questions])
    lengths = torch.tensor([len(ids) for ids in questions])
    mask = (torch.arange(longest) >= longest - lengths[:, None]).long()
    settings = GenerationConfig(
        do_sample=False,
        max_new_tokens=max_new_tokens,
        eos_token_id=bundle.model.generation_config.eos_token_id,
        pad_token_id=pad,
    )
    device = machine.device()
    with precision():
        written = bundle.model.generate(
            input_ids=rows.to(device),
            attention_mask=mask.to(device),
            generation_config=settings,
            stopping_criteria=StoppingCriteriaList([_Stop(process)]),
        )
    texts = bundle.tokenizer.batch_decode(written[:, longest:], skip_special_tokens=True)
    return [text.strip() for text in texts]


class _Stop(StoppingCriteria):
    """Ends the writing when the process is to leave."""

    def __init__(self, process: Process) -> None:
        self._process = process

    def __call__(self, input_ids: torch.Tensor, scores: Any, **_: Any) -> torch.Tensor:
        return torch.full(
            (len(input_ids),), self._process.stopping, dtype=torch.bool, device=input_ids.device
        )


class Pace:
    """Progress of an exam: answers written, and the time that the rest will take."""

    def __init__(self, process: Process, total: int) -> None:
        self._process, self._total = process, total
        self._before, self._began = 0, time.monotonic()

    def __call__(self, done: int) -> None:
        finished = self._before + done
        each = (time.monotonic() - self._began) / max(1, finished)
        left = round(each * (self._total - finished), 1)
        self._process.progress(finished, self._total, seconds_left=left)

    def next_round(self, answers: int) -> None:
        """A round of `answers` answers is over."""
        self._before += answers
