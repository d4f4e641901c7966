"""Paths of one machine in the words of another: in results, models and checkpoints."""

import json
from pathlib import Path

from workbench.jobs.process.checkpoints import is_whole, seal
from workbench.jobs.process.remote.paths import move_within, moved

MOVES = {
    "/home/jobs/12": "/scratch/jobs/12/job",
    "/home/models/tiny": "/scratch/inputs/home/models/tiny",
}


def test_a_text_that_is_a_path_below_one_that_moved_moves_with_it() -> None:
    value = {
        "adapter": "/home/jobs/12/adapter",
        "base": {"path": "/home/models/tiny", "name": "home/jobs/12"},
        "more": ["/home/jobs/123", "see /home/jobs/12", 12, None],
    }
    assert moved(value, MOVES) == {
        "adapter": "/scratch/jobs/12/job/adapter",
        "base": {"path": "/scratch/inputs/home/models/tiny", "name": "home/jobs/12"},
        "more": ["/home/jobs/123", "see /home/jobs/12", 12, None],
    }


def test_a_checkpoint_that_remembers_the_best_one_stays_whole(tmp_path: Path) -> None:
    folder = tmp_path / "checkpoint-5"
    folder.mkdir()
    (folder / "weights").write_bytes(b"weights")
    state = folder / "trainer_state.json"
    state.write_text(
        json.dumps({"best_model_checkpoint": "/home/jobs/12/checkpoints/checkpoint-5"})
    )
    seal(folder)
    second_name = tmp_path / "kept by its content"
    second_name.hardlink_to(state)
    move_within(state, MOVES)
    assert json.loads(state.read_text()) == {
        "best_model_checkpoint": "/scratch/jobs/12/job/checkpoints/checkpoint-5"
    }
    assert is_whole(folder)
    assert "/home/jobs" in second_name.read_text()


def test_files_that_name_no_paths_are_left_alone(tmp_path: Path) -> None:
    other = tmp_path / "notes.json"
    other.write_text('{"path": "/home/jobs/12"}')
    move_within(other, MOVES)
    assert other.read_text() == '{"path": "/home/jobs/12"}'
