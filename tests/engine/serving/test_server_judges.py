"""A model of this workbench as a judge: the job asks our own server as any other."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers import tiny
from tests.helpers.judging import judge_job, make_pairs, run
from workbench.evaluation.judge import replies

KEY = "wb-a-key-of-the-server-here"


@pytest.fixture
def served(models: Path, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A server with a key whose base model reads long texts; its address and the key's file."""
    base = tiny.make_base(tmp_path / "long", context=8192)
    entries = [
        tiny.entry("base:Long", base),
        tiny.entry("run-2", models / "base", models / "sorter", task="classification",
                   labels=list(tiny.LABELS)),
    ]  # fmt: skip
    key_file = tmp_path / "key"
    key_file.write_text(KEY)
    registry = tiny.registry_of(entries, tmp_path / "models.json")
    with tiny.running(registry, tiny.shelf(), key_file=key_file) as server:
        yield f"http://127.0.0.1:{server.port}/v1", key_file


def test_a_model_here_is_asked_and_its_replies_are_counted(
    served: tuple[str, Path], tmp_path: Path
) -> None:
    url, key_file = served
    told = {"model": "base:Long", "max_tokens": 4, "rubric": "Be fair.", "key_file": key_file}
    job = judge_job(tmp_path, url, make_pairs(2), **told)
    result = run(job)
    assert result["status"] == "succeeded", result["reason"]
    counts = result["counts"]
    assert (counts["replies"], counts["refused"]) == (4, 0)
    assert counts["wins"] + counts["ties"] + counts["losses"] + counts["unclear"] == 2
    assert len(replies.read(job.path)) == 4
    assert counts["tokens"] > 0


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"model": "run-99"}, "has no model 'run-99'"),
        ({"model": "run-2"}, "Check the name of the model"),
        ({"model": "base:Long", "key_file": None}, "asks for a key"),
    ],
)
def test_what_cannot_judge_is_one_sentence(
    served: tuple[str, Path], tmp_path: Path, told: dict[str, str | None], sentence: str
) -> None:
    url, key_file = served
    job = judge_job(tmp_path, url, make_pairs(2), **{"max_tokens": 8, "key_file": key_file, **told})
    result = run(job)
    assert result["status"] == "failed", result
    assert sentence in result["reason"]
