"""Whole files are answered by the engine that batches as `generate` would, row for row."""

import json
import math
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.helpers import tiny
from tests.helpers.engine_jobs import PEFT_WARNS
from tests.helpers.writers import make_writer, replies
from workbench.core.fields.guess import guessed
from workbench.core.recipe import Recipe
from workbench.engine.causal import generate
from workbench.engine.causal import systems as systems_of
from workbench.engine.causal.generate import write_answers
from workbench.engine.causal.model import CausalModel, load_causal
from workbench.engine.causal.systems import answer, prompt_of, systems
from workbench.engine.evaluation.systems import Answers
from workbench.engine.runtime import device
from workbench.engine.serving.engines.choose import SETTING
from workbench.jobs.process.specs import BaseModelRef
from workbench.jobs.process.stop import Cancelled, Stop
from workbench.models.families import CAUSAL

pytestmark = [pytest.mark.filterwarnings(PEFT_WARNS), pytest.mark.usefixtures("one_thread")]
ROWS = [{"row_id": n, **row} for n, row in enumerate(replies(50))]
LETTERS: list[int] = []
FIELDS = guessed(['{"who": "Anna B", "total": "9.50", "tags": ["a", "b"]}'] * 30)


@pytest.fixture(autouse=True)
def _float32(monkeypatch: pytest.MonkeyPatch) -> None:
    """Products without rounding: of a model of random weights it would change answers."""
    monkeypatch.setattr(device, "dtype", lambda: torch.float32)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def base(folder: Path) -> Path:
    return tiny.make_base(folder / "base", context=600)


@pytest.fixture(scope="module")
def adapter(folder: Path, base: Path) -> Path:
    return tiny.make_adapter(base, folder / "tuned", seed=1, system="Be kind.")


def _loaded(base: Path, adapter: Path | None, *, many: bool = True, **values: Any) -> CausalModel:
    recipe = Recipe(quantization="none")
    packs = math.inf if many else 0.0
    return load_causal(BaseModelRef("base", base), adapter, recipe, packs=packs, **values)


def _both(base: Path, adapter: Path | None, **values: Any) -> tuple[CausalModel, CausalModel]:
    """The same model for a file, and for an exam."""
    ours, plain = (_loaded(base, adapter, many=many, **values) for many in (True, False))
    assert ours.batching is not None
    assert plain.batching is None
    return ours, plain


def _answers(model: CausalModel, rows: Any, most: int, done: Callable[[int], None]) -> Answers:
    return answer(model, rows, most, Stop(), done)


def _unused(*_: Any, **__: Any) -> Any:
    raise AssertionError("answered by generate")


def test_rows_are_answered_in_their_order_and_counted_one_by_one(
    base: Path, adapter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for tuned in (adapter, None):
        ours, plain = _both(base, tuned)
        wanted = _answers(plain, ROWS, 14, lambda _: None)
        with monkeypatch.context() as patch:
            patch.setattr(generate, "_write", _unused)
            done: list[int] = []
            found = _answers(ours, ROWS, 14, done.append)
        assert found.texts == wanted.texts
        assert len(set(found.texts)) > 5
        assert done == [*range(1, 51)]


@pytest.mark.parametrize("most", [1, 12, 90])
def test_fields_keep_to_their_form_and_tell_as_much(base: Path, most: int) -> None:
    ours, plain = _both(base, None, task="extraction", fields=FIELDS)
    long = "".join(f"Line {n} of a long letter.\n" for n in range(60))
    texts = ["Anna pays 9.50.", long, "Nobody paid.", *(row["prompt"] for row in replies(7))]
    rows = [{"row_id": n, "text": text} for n, text in enumerate(texts)]
    found, wanted = (_answers(model, rows, most, lambda _: None) for model in (ours, plain))
    assert found.texts == wanted.texts
    assert all(isinstance(json.loads(text), dict) for text in found.texts)
    told, expected = found.fields or [], wanted.fields or []
    assert [(own.cut, own.parts) for own in told] == [(own.cut, own.parts) for own in expected]
    assert [own.sure for own in told] == [pytest.approx(own.sure, rel=1e-3) for own in expected]
    assert any(own.cut for own in told)
    assert any(own.parts > 1 for own in told)


class Only:
    """A form of three times one letter, for each question another; every third one is free."""

    def constraint(self, limit: int, place: int = 0) -> Any:
        return None if place % 3 == 2 else Three(LETTERS[place])


class Three:
    def __init__(self, token: int) -> None:
        self._token, self._left = token, 3

    @property
    def is_over(self) -> bool:
        return not self._left

    def mask(self) -> torch.Tensor:
        found = torch.zeros(5000, dtype=torch.bool)
        found[self._token] = True
        return found

    def accept(self, token: int) -> None:
        assert token == self._token
        self._left -= 1


def test_each_answer_keeps_to_the_form_of_its_own_question(base: Path) -> None:
    ours, plain = _both(base, None)
    prompts = [prompt_of(ours, row) for row in ROWS[:20]]
    vocabulary = ours.tokenizer.get_vocab()
    LETTERS[:] = [vocabulary[chr(ord("a") + n)] for n in range(20)]
    found, wanted = (
        write_answers(model, prompts, 14, Stop(), lambda _: None, Only()) for model in (ours, plain)
    )
    assert found == wanted
    assert [text for n, text in enumerate(found) if n % 3 < 2] == [
        chr(ord("a") + n) * 3 for n in range(20) if n % 3 < 2
    ]
    assert found[2] == write_answers(plain, prompts[2:3], 14, Stop(), lambda _: None)[0]


def test_an_end_of_several_tokens_ends_an_answer(tmp_path: Path) -> None:
    ours, plain = _both(make_writer(tmp_path / "w"), None)
    prompts = [prompt_of(ours, row) for row in ROWS[:6]]
    whole = write_answers(plain, prompts, 30, Stop(), lambda _: None)
    end = whole[0][3:6]
    for model in (ours, plain):
        model.model.end_text = end
    found, wanted = (
        write_answers(model, prompts, 30, Stop(), lambda _: None) for model in (ours, plain)
    )
    assert found == wanted != whole
    assert found[0] == whole[0].partition(end)[0].strip()
    assert ours.batching is not None
    steps: list[int] = []
    forward = ours.batching.engine.scheduler._forward
    ours.batching.engine.scheduler._forward = lambda pieces: steps.append(1) or forward(pieces)  # type: ignore[assignment,func-returns-value]
    write_answers(ours, prompts[:1], 30, Stop(), lambda _: None)
    assert len(steps) < 15, "nothing is written behind it"


def test_a_cancel_ends_all_answers_at_once(tmp_path: Path) -> None:
    base = tiny.make_base(tmp_path / "base", context=50_000, endless=True)
    ours = _loaded(base, None)
    assert ours.batching is not None
    stop = Stop()
    forward = ours.batching.engine.scheduler._forward
    steps: list[int] = []

    def noted(pieces: Any) -> torch.Tensor:
        steps.append(len(pieces))
        if len(steps) == 5:
            stop.cancel()
        return forward(pieces)

    ours.batching.engine.scheduler._forward = noted  # type: ignore[assignment]
    done: list[int] = []
    with pytest.raises(Cancelled):
        answer(ours, ROWS, 20_000, stop, done.append)
    assert (len(steps), done) == (5, [])


def test_what_has_no_room_is_answered_by_generate(
    base: Path, adapter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, plain = _both(base, adapter)
    assert ours.batching is not None
    pool = ours.batching.engine._pool
    pool.budget_bytes = 128 * pool._shape.token_bytes
    rows = [*ROWS[:4], {"row_id": 99, "prompt": "Where is my pen? " * 40, "response": ""}]
    asked: list[int] = []
    write = generate._write
    monkeypatch.setattr(
        generate, "_write", lambda m, part, *a: (asked.append(len(part)), write(m, part, *a))[1]
    )
    done: list[int] = []
    found = _answers(ours, rows, 9, done.append)
    assert asked == [1]
    assert done == [1, 2, 3, 4, 5]
    assert found.texts == _answers(plain, rows, 9, lambda _: None).texts


def test_an_exam_asks_base_started_and_trained_model_alike(
    base: Path, adapter: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = tiny.make_adapter(base, folder / "started", seed=5, system="Be kind.")
    ways: list[Callable[[CausalModel], Any]] = [
        lambda model: model.untrained(),
        lambda model: model.as_started(started),
        lambda _: nullcontext(),
    ]
    ours, plain = _both(base, adapter)
    texts = []
    for way in ways:
        with way(plain):
            wanted = _answers(plain, ROWS[:12], 14, lambda _: None).texts
        with way(ours), monkeypatch.context() as patch:
            patch.setattr(generate, "_write", _unused)
            assert _answers(ours, ROWS[:12], 14, lambda _: None).texts == wanted
        texts.append(wanted)
    assert texts[0] != texts[1] != texts[2] != texts[0]


def test_an_exam_packs_the_weights_of_small_models_only(
    base: Path, adapter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(
        systems_of, "answer", lambda model, *_: asked.append(model.batching is not None)
    )
    for most in (1e9, 1000.0):
        monkeypatch.setattr(systems_of, "CAUSAL", replace(CAUSAL, packed_for_exam=most))
        exam = systems(BaseModelRef("base", base), adapter, Recipe(quantization="none"), 5)
        for own in exam:
            with suppress(TypeError):  # no answers come of what only looks
                own.examine(ROWS[:2], ROWS[:2], Stop(), lambda _: None)
    assert asked == [True, True, False, False]


def test_where_the_engine_does_not_compute_a_model_generate_answers(
    base: Path, adapter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = _loaded(make_writer(tmp_path / "gpt2", "gpt2"), None)
    assert other.batching is None
    assert len(_answers(other, ROWS[:3], 5, lambda _: None).texts) == 3
    sorter = tiny.make_adapter(
        base, tmp_path / "sorter", seed=2, task="classification", labels=tiny.LABELS
    )
    assert _loaded(base, sorter).batching is None, "it writes nothing"
    with monkeypatch.context() as patch:
        patch.setattr(device, "free_memory", lambda: 1000)
        assert _loaded(base, adapter).batching is None
    with monkeypatch.context() as patch:
        patch.setattr("workbench.engine.serving.engines.batching_engine.read_adapter", _unfit)
        assert _loaded(base, adapter).batching is None
    monkeypatch.setenv(SETTING, "transformers")
    assert _loaded(base, adapter).batching is None


def _unfit(*_: Any) -> Any:
    from workbench.engine.serving.engines.rotary import Unfit

    raise Unfit("its adapter is a variant of LoRA")
