"""The job that asks a judge, against judges of every character."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import judge as fakes
from tests.fakes.judge import Answer, FakeJudge
from tests.helpers.judging import judge_job, make_pairs, run
from workbench.evaluation.judge import asking, replies
from workbench.jobs.process.job_dir import read_events
from workbench.jobs.process.stop import Stop

ROWS = 6


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "PAUSE_S", 0.001)
    monkeypatch.setattr(asking, "LONGEST_PAUSE_S", 0.002)


@pytest.fixture
def honest() -> Iterator[FakeJudge]:
    with fakes.running(fakes.honest) as judge:
        yield judge


def _run(folder: Path, say: fakes.Say, **told: Any) -> dict[str, Any]:
    with fakes.running(say) as judge:
        return run(judge_job(folder, judge.url, make_pairs(ROWS), **told))


def test_an_honest_judge_says_who_is_better(tmp_path: Path, honest: FakeJudge) -> None:
    job = judge_job(tmp_path, honest.url, make_pairs(ROWS), repeat=2)
    result = run(job)
    assert result["counts"] == {
        "wins": ROWS, "ties": 0, "losses": 0, "unclear": 0, "swayed": 0, "pairs_read": 2 * ROWS,
        "replies": 4 * ROWS, "unreadable": 0, "refused": 0, "tokens": 7 * 4 * ROWS,
    }  # fmt: skip
    assert [one[0::2] for one in result["verdicts"]] == [[i, 1] for i in range(ROWS)]
    assert {body["model"] for body in honest.bodies} == {"fair"}
    assert {body["temperature"] for body in honest.bodies} == {0.7}
    steps = [event for event in read_events(job, 1, 0)[0] if event["type"] == "progress"]
    assert steps
    assert all(0 < event["step"] < event["total_steps"] for event in steps)


def test_a_judge_that_always_likes_the_first_one_gives_ties_alone(tmp_path: Path) -> None:
    counts = _run(tmp_path, fakes.biased)["counts"]
    assert (counts["wins"], counts["ties"], counts["losses"]) == (0, ROWS, 0)
    assert counts["swayed"] == ROWS


def test_a_rambling_judge_is_counted_and_never_guessed_at(tmp_path: Path) -> None:
    counts = _run(tmp_path, fakes.rambling)["counts"]
    assert counts["unclear"] == ROWS
    assert counts["unreadable"] == 2 * ROWS
    assert counts["wins"] == counts["ties"] == counts["losses"] == 0


def test_trouble_that_passes_is_waited_out(tmp_path: Path) -> None:
    seen: Counter[str] = Counter()
    troubles = [
        Answer(200, "<html>busy</html>"),
        Answer(429, '{"error": {"message": "slow down"}}', Retry_After="0"),
        Answer(503),
        Answer(502, "{"),
    ]

    def flaky(body: dict[str, Any], number: int) -> str | Answer:
        text = body["messages"][-1]["content"]
        seen[text] += 1
        return troubles[seen[text] - 1] if seen[text] <= 4 else fakes.honest(body, number)

    assert _run(tmp_path, flaky)["counts"]["wins"] == ROWS


def test_trouble_that_stays_ends_it_and_the_rest_is_asked_later(tmp_path: Path) -> None:
    def worse(body: dict[str, Any], number: int) -> str | Answer:
        return fakes.honest(body, number) if number < 5 else Answer(500)

    with fakes.running(worse) as judge:
        job = judge_job(tmp_path, judge.url, make_pairs(ROWS))
        failed = run(job)
        assert failed["status"] == "failed"
        assert "has trouble of its own (500)" in failed["reason"]
        assert "only the rest is asked" in failed["reason"]
        before = len(replies.read(job.path))
        assert before == 5
        judge.say, judge.bodies = fakes.honest, []
        assert run(job)["counts"]["wins"] == ROWS
        asked = {fakes.answers_in(body) for body in judge.bodies}
        assert len(asked) == 2 * ROWS - before, "one may come twice: it was on its way at the end"


def test_another_job_goes_on_with_the_replies_of_the_former(
    tmp_path: Path, honest: FakeJudge
) -> None:
    former = judge_job(tmp_path / "former", honest.url, make_pairs(ROWS))
    run(former)
    path = former.path / replies.FILE
    lines = [line for line in path.read_text().splitlines() if line]
    path.write_text("\n".join([*lines[:4], lines[4][:9]]))  # a kill tore the last one
    honest.bodies = []
    job = judge_job(tmp_path, honest.url, make_pairs(ROWS), former=former.path)
    assert run(job)["counts"]["wins"] == ROWS
    assert len(honest.bodies) == 2 * ROWS - 4
    assert len(replies.read(job.path)) == 2 * ROWS


def test_a_slow_judge_is_given_up_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "TRIES", 2)
    with fakes.running(lambda *_: "") as judge:
        judge.say = lambda *_: str(judge.released.wait(30))
        result = run(judge_job(tmp_path, judge.url, make_pairs(ROWS), timeout_s=0.05))
    assert result["status"] == "failed"
    assert "did not answer within 0.05 seconds" in result["reason"]


def test_a_job_that_waits_for_its_judge_ends_when_it_is_told_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stops: list[Stop] = []
    made = Stop.__init__
    monkeypatch.setattr(Stop, "__init__", lambda self: (made(self), stops.append(self))[0])
    with fakes.running(lambda *_: "") as judge:

        def silent(*_: Any) -> str:
            stops[0].cancel()
            judge.released.wait(30)
            return ""

        judge.say = silent
        assert run(judge_job(tmp_path, judge.url, make_pairs(ROWS)))["status"] == "cancelled"
        assert not judge.released.is_set()


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (Answer(401, '{"error": {"message": "who?"}}'), "asks for a key: enter it"),
        (Answer(404, '{"error": "no model fair"}'), "has no model 'fair', or the address"),
        (Answer(400, '{"error": {"message": "model fair is unknown"}}'), "has no model 'fair'"),
        (Answer(302, "", Location="http://elsewhere.example/v1"), "nothing is sent there"),
        (Answer(200, "<html>Welcome</html>"), "no reply of a model in OpenAI's format"),
        (Answer(200, '{"choices": []}'), "no reply of a model in OpenAI's format"),
        (Answer(200, "[" * 100_000), "no reply of a model in OpenAI's format"),
        (Answer(200, "x" * 1_100_000), "has no end"),
        (Answer(402, '{"error": {"message": "no credit"}}'), "wants to be paid first"),
        (Answer(429, '{"error": {"message": "insufficient_quota"}}'), "wants to be paid first"),
        (Answer(422, '{"detail": "never"}'), "refuses what it is asked: “never”"),
    ],
)
def test_what_does_not_get_better_is_one_sentence(
    tmp_path: Path, answer: Answer, sentence: str
) -> None:
    result = _run(tmp_path, lambda *_: answer)
    assert result["status"] == "failed"
    assert sentence in result["reason"]
    assert "Traceback" not in result["reason"]


def test_who_never_answered_is_given_up_on_sooner(tmp_path: Path) -> None:
    with fakes.running(lambda *_: Answer(200, "<html>")) as judge:
        run(judge_job(tmp_path, judge.url, make_pairs(ROWS)))
        assert len(judge.bodies) == asking.FIRST_TRIES
    with fakes.running(lambda *_: Answer(503)) as judge:
        run(judge_job(tmp_path / "b", judge.url, make_pairs(ROWS)))
        assert len(judge.bodies) == asking.TRIES


def test_a_reply_in_parts_is_read(tmp_path: Path) -> None:
    parts = [{"type": "text", "text": "Verdict"}, {"type": "text", "text": ": A"}, 3]
    body = json.dumps({"choices": [{"message": {"content": parts}}]})
    assert _run(tmp_path, lambda *_: Answer(200, body))["counts"]["swayed"] == ROWS


def test_an_address_where_nobody_listens_is_one_sentence(
    tmp_path: Path,
) -> None:
    with fakes.running(fakes.honest) as judge:
        url = judge.url
    result = run(judge_job(tmp_path, url, make_pairs(ROWS)))
    assert "cannot be reached" in result["reason"]
    assert "check the address, and that its server is running" in result["reason"]


def test_a_wrong_key_is_asked_about_once_and_never_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbench.jobs.process.hub_token.given", lambda: "sk-very-secret")
    refused = Answer(401, '{"error": {"message": "Incorrect API key: sk-very-secret"}}')
    with fakes.running(lambda *_: refused) as judge:
        job = judge_job(tmp_path, judge.url, make_pairs(ROWS))
        result = run(job)
        assert len(judge.bodies) == 1
        assert judge.headers[0]["Authorization"] == "Bearer sk-very-secret"
    assert "does not accept the key" in result["reason"]
    told = [path.read_text("utf-8", "replace") for path in job.path.rglob("*") if path.is_file()]
    assert not any("sk-very-secret" in text for text in told)


def test_one_text_that_is_refused_does_not_end_it(tmp_path: Path) -> None:
    def prim(body: dict[str, Any], number: int) -> str | Answer:
        if "good 2" in json.dumps(body):
            return Answer(400, '{"error": {"message": "content filter"}}')
        return fakes.honest(body, number)

    counts = _run(tmp_path, prim)["counts"]
    assert (counts["wins"], counts["unclear"], counts["refused"]) == (ROWS - 1, 1, 2)


def test_a_server_that_knows_other_names_for_options_is_asked_by_these(tmp_path: Path) -> None:
    def newer(body: dict[str, Any], number: int) -> str | Answer:
        if "max_tokens" in body:
            words = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
            return Answer(400, json.dumps({"error": {"message": words}}))
        if "temperature" in body:
            return Answer(400, '{"error": {"message": "temperature does not support 0"}}')
        assert body["max_completion_tokens"] == 400
        return fakes.honest(body, number)

    assert _run(tmp_path, newer)["counts"]["wins"] == ROWS


def test_the_key_of_the_server_here_is_sent_to_nobody_else(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("wb-own")
    job = judge_job(tmp_path, "http://judge.example/v1", make_pairs(1), key_file=key)
    assert "is sent to nobody else" in run(job)["reason"]


def test_pairs_that_are_gone_are_one_sentence(tmp_path: Path, honest: FakeJudge) -> None:
    job = judge_job(tmp_path, honest.url, make_pairs(1))
    (tmp_path / "pairs.json").write_text("[{")
    assert "start the judging again" in run(job)["reason"]
