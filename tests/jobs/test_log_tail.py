"""The end of a log."""

from pathlib import Path

from workbench.jobs.log_tail import last_words, tail


def test_a_long_log_is_read_from_its_end(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    log.write_text("".join(f"line {number}\n" for number in range(100_000)))
    assert tail(log, 2) == "line 99998\nline 99999"


def test_a_line_cut_at_the_beginning_is_left_out(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    log.write_text("x" * 1000 + "\nlast\n")
    assert tail(log, 2) == "last"


def test_a_progress_bar_is_one_line(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    log.write_bytes(b"10 %\r50 %\r100 %\r\ndone\n")
    assert tail(log, 5) == "100 %\ndone"


def test_broken_text_is_shown_as_far_as_it_goes(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    log.write_bytes(b"caf\xe9\n")
    assert tail(log, 5) == "caf\N{REPLACEMENT CHARACTER}"


def test_a_log_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert tail(tmp_path / "log.txt", 5) == ""
    assert last_words(tmp_path / "log.txt") == ""


def test_the_last_words_are_the_jobs_own(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    log.write_text("KeyError: 'x'\n\n— attempt 2, 2026-05-01 12:00:00 UTC\n")
    assert last_words(log) == "KeyError: 'x'"
