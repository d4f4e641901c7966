"""The exam: base and tuned model on the same rows with the same prompt, and their scores.

Loss is measured on all rows; answers are written for up to `eval_max_rows` of them, since
writing is slow. For classification nothing is written: each category is scored as the answer
and the likeliest taken, for base and tuned model alike. That is faster, and it measures
what a model knows rather than whether it can spell: an untrained model that answers "This is
about delivery." is not counted as wrong for its manners.
"""

import json
from collections.abc import Sequence

import numpy as np
import torch

from workbench.core.messages import answer_of, render_prompt, segments
from workbench.engine.causal.batches import batches_by_length
from workbench.engine.causal.encode import encode
from workbench.engine.causal.generate import Pace, write_answers
from workbench.engine.causal.label_scores import label_probabilities
from workbench.engine.causal.loss import AnswerLoss, mean_loss, precision
from workbench.engine.causal.model import Bundle
from workbench.engine.evaluation.exam import Exam, chosen
from workbench.engine.rows import Row
from workbench.evaluation.scoring.text_scores import text_scores
from workbench.jobs.process.shell import Process

LOSS_BATCH = 8
SHOWN_WORDS = 60
"""Words of a document that are shown, and continued, for language modelling."""


def sit_exam(
    bundle: Bundle,
    rows: Sequence[Row],
    process: Process,
    *,
    max_rows: int,
    max_new_tokens: int,
    seed: int = 0,
) -> Exam:
    """Ask the base model and, if there is an adapter, the tuned one.

    Raises:
        Cancelled, Orphaned: the process is to leave.
        WorkbenchError: a row cannot be put in the model's words.
    """
    asked = chosen(rows, max_rows, seed)
    exam = Exam(
        asked,
        [question_text(bundle.task, row) for row in asked],
        [expected_text(bundle.task, row) for row in asked],
    )
    pace = Pace(process, 2 * len(asked))
    loss = AnswerLoss(bundle.model)
    with bundle.untrained():
        _take(exam, "base", bundle, loss, rows, process, pace, max_new_tokens)
    pace.next_round(len(asked))
    _take(exam, "tuned", bundle, loss, rows, process, pace, max_new_tokens)
    return exam


def _take(
    exam: Exam,
    who: str,
    bundle: Bundle,
    loss: AnswerLoss,
    rows: Sequence[Row],
    process: Process,
    pace: Pace,
    max_new_tokens: int,
) -> None:
    name = "The base model" if who == "base" else "The trained model"
    process.phase("evaluating", f"{name} answers the exam questions")
    scores = {"loss": loss_on(bundle, loss, rows, process)}
    if bundle.task == "classification":
        exam.answers[who], exam.probabilities[who] = choose(bundle, exam.rows, process, pace)
    else:
        prompts = [prompt_of(bundle, row) for row in exam.rows]
        exam.answers[who] = write_answers(bundle, prompts, max_new_tokens, process, pace)
    scores |= text_scores(bundle.task, exam.expected, exam.answers[who])
    exam.scores[who] = scores


def loss_on(bundle: Bundle, loss: AnswerLoss, rows: Sequence[Row], process: Process) -> float:
    """Mean loss per learned token over the rows."""
    examples = encode(rows, bundle.wording, bundle.tokenizer, bundle.max_length)
    batches = batches_by_length(examples, LOSS_BATCH, bundle.tokenizer.pad_token_id)
    return mean_loss(loss, batches, process.check)


def prompt_of(bundle: Bundle, row: Row) -> str:
    """The text that the model is asked to go on from."""
    if bundle.task == "language-modelling":
        return _document_halves(row)[0]
    messages = bundle.wording.messages(row)
    if messages[-1]["role"] == "assistant":
        messages = messages[:-1]
    return render_prompt(messages, bundle.wording.template)


def question_text(task: str, row: Row) -> str:
    """The question as a person reads it."""
    if task == "language-modelling":
        return _document_halves(row)[0]
    if task == "chat":
        turns = json.loads(row["messages"])
        asked = turns[:-1] if turns[-1]["role"] == "assistant" else turns
        return "\n".join(f"{turn['role']}: {turn['content']}" for turn in asked)
    return str(row["prompt" if task == "completion" else "text"])


def expected_text(task: str, row: Row) -> str:
    """The answer that the data gives."""
    if task == "language-modelling":
        return _document_halves(row)[1]
    return answer_of(task, row) or ""


def _document_halves(row: Row) -> tuple[str, str]:
    words = str(row["text"]).split(" ")
    half = max(1, min(SHOWN_WORDS, len(words) // 2))
    return " ".join(words[:half]), " ".join(words[half : half + SHOWN_WORDS])


@torch.inference_mode()
def choose(
    bundle: Bundle, rows: Sequence[Row], process: Process, pace: Pace
) -> tuple[list[str], list[float]]:
    """The likeliest category for each row, and its probability among all categories."""
    labels = list(bundle.wording.labels)
    if not rows:
        return [], []
    endings = [_ending(bundle, rows[0], label) for label in labels]
    found = []
    for number, row in enumerate(rows, 1):
        process.check()
        with precision():
            shares = label_probabilities(bundle, prompt_of(bundle, row), endings)
        best = int(np.argmax(shares))
        found.append((labels[best], shares[best]))
        pace(number)
    return [label for label, _ in found], [share for _, share in found]


def _ending(bundle: Bundle, row: Row, label: str) -> str:
    messages = bundle.wording.messages({**row, "label": label})
    return [p.text for p in segments(messages, bundle.wording.template) if p.learned][-1]
