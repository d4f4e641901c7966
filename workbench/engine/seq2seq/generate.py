"""Answers written by an encoder-decoder, the likeliest token each time, many at once."""

from collections.abc import Sequence

import torch
from transformers import GenerationConfig, StoppingCriteriaList

from workbench.engine.causal.generate import BATCH, Done, StopWriting, in_batches
from workbench.engine.causal.loss import to_device
from workbench.engine.generative.fields.constraint import Told
from workbench.engine.generative.fields.writing import Form
from workbench.engine.generative.held import choices, told_of
from workbench.engine.runtime.precision import precision
from workbench.engine.seq2seq.batches import collate
from workbench.engine.seq2seq.encode import Example
from workbench.engine.seq2seq.model import Seq2seqModel
from workbench.engine.serving.choosing.together import Together
from workbench.engine.serving.choosing.token_choice import TokenChoice
from workbench.jobs.process.stop import Stop


@torch.inference_mode()
def write_answers(
    model: Seq2seqModel,
    questions: Sequence[str],
    max_new_tokens: int,
    stop: Stop,
    done: Done,
    form: Form | None = None,
    told: list[Told] | None = None,
) -> list[str]:
    """One answer for each question, without the mark of its end.

    Args:
        max_new_tokens: longer answers are cut there.
        done: called with the number of answers that are written.
        form: what the answers keep to; then they are whole, however few tokens they may have.
        told: gets what is told of each answer in a form, in the order of the questions.

    Raises:
        Cancelled, Orphaned: the process is to leave.
    """
    sources = [model.tokenizer.source(question)[0] for question in questions]
    room = model.tokenizer.framing.room_to_write or max_new_tokens
    most = min(max_new_tokens, room)

    def write(places: Sequence[int]) -> list[tuple[str, Told]]:
        part = [sources[place] for place in places]
        chosen = choices(form, places, most)
        longest = max(choice.room(most) for choice in chosen)
        settings = GenerationConfig(do_sample=False, max_new_tokens=longest)
        texts = _write(model, part, settings, stop, chosen=chosen)
        return list(zip(texts, map(told_of, chosen), strict=True))

    written = in_batches(sources, write, stop, done)
    if told is not None:
        told += [each for _, each in written]
    return [text for text, _ in written]


@torch.inference_mode()
def continue_answers(
    model: Seq2seqModel,
    questions: Sequence[str],
    beginnings: Sequence[str],
    max_new_tokens: int,
    stop: Stop,
    done: Done,
) -> list[str]:
    """How each answer goes on behind its beginning, without the mark of its end.

    Those with beginnings of one length are written at once: a decoder's input is not padded.

    Raises:
        Cancelled, Orphaned: the process is to leave.
    """
    begun = [model.tokenizer.target(text)[0][:-1] for text in beginnings]
    places: dict[int, list[int]] = {}
    for place, ids in enumerate(begun):
        places.setdefault(len(ids), []).append(place)
    answers, told = [""] * len(questions), 0
    for length, own in places.items():
        room = max(1, (model.tokenizer.framing.longest_target or 2**20) - length - 1)
        settings = GenerationConfig(do_sample=False, max_new_tokens=min(max_new_tokens, room))
        for part in (own[at : at + BATCH["cpu"]] for at in range(0, len(own), BATCH["cpu"])):
            sources = [model.tokenizer.source(questions[place])[0] for place in part]
            texts = _write(model, sources, settings, stop, [begun[place] for place in part])
            stop.check()
            for place, text in zip(part, texts, strict=True):
                answers[place] = text
            told += len(part)
            done(told)
    return answers


def _write(
    model: Seq2seqModel,
    sources: Sequence[list[int]],
    settings: GenerationConfig,
    stop: Stop,
    beginnings: Sequence[list[int]] = (),
    chosen: Sequence[TokenChoice] = (),
) -> list[str]:
    """What is written behind the beginnings: ids of one length, with what every answer begins with."""
    framing = model.tokenizer.framing
    before = [[framing.start, *ids] for ids in beginnings] or [framing.begun] * len(sources)
    batch = to_device(collate([Example(source, framing.begun) for source in sources], framing))
    begun = torch.tensor(before, device=batch["input_ids"].device)
    together = Together(chosen, framing.ends[0])
    with precision():
        written = model.whole.generate(
            input_ids=batch["input_ids"],
            attention_mask=batch["attention_mask"],
            decoder_input_ids=begun,
            generation_config=settings,
            logits_processor=together.before,
            stopping_criteria=StoppingCriteriaList([StopWriting(stop), *together.after]),
        )
    tokenizer = model.tokenizer.own
    texts = tokenizer.batch_decode(written[:, begun.shape[1] :], skip_special_tokens=True)
    return [text.strip() for text in texts]
