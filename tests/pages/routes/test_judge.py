"""The page of a blind test: a question, two answers, and nothing else."""

import re
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from storage.database import Store
from tests.helpers.blind import add_judged
from tests.helpers.exams import Trained
from workbench.evaluation.people import blind_tests
from workbench.ui.routes import judge_route
from workbench.ui.routes.visitors import Visitors

HOST = "http://localhost:8501"


@pytest.fixture
def trained(store: Store, tmp_path: Path) -> Trained:
    return add_judged(store, tmp_path, rows=40, alike=0)


@pytest.fixture
def link(store: Store, trained: Trained) -> str:
    return judge_route.link(blind_tests.start_blind_test(store, trained.run_id).token)


def browser() -> TestClient:
    app = Visitors(Starlette(routes=[judge_route.route()]), ())
    return TestClient(app, base_url=HOST, headers={"Origin": HOST})


def pair_of(page: str) -> str:
    found = re.search(r'name="pair" value="(\d+)"', page)
    assert found is not None
    return found[1]


def choice_of(page: str) -> str:
    """Where the answer of the trained model stands."""
    return "first" if page.index("good") < page.index("bad") else "second"


def test_it_shows_a_question_and_two_answers_and_nothing_else(link: str) -> None:
    page = browser().get(link)
    assert page.status_code == 200
    assert "Where is &lt;i&gt;parcel&lt;/i&gt;" in page.text
    assert "&lt;b&gt;good&lt;/b&gt;" in page.text
    for name in ("Workbench", "Mails", "Run 1", "training", "<a ", "<script", "<nav"):
        assert name not in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "HttpOnly" in page.headers["set-cookie"]
    assert "default-src 'self'" in page.headers["content-security-policy"]


def test_two_browsers_judge_at_once_until_it_is_decided(
    store: Store, trained: Trained, link: str
) -> None:
    ann, bob = browser(), browser()
    for number in range(8):
        one = (ann, bob)[number % 2]
        page = one.get(link).text
        after = one.post(link, data={"pair": pair_of(page), "choice": choice_of(page)})
    assert after.status_code == 410
    assert "This blind test is over" in after.text
    assert "form" not in after.text
    (info,) = blind_tests.list_blind_tests(store, trained.run_id)
    assert (info.state, info.people, info.counted.wins) == ("decided", 2, 8)


def test_a_vote_leads_to_the_next_question(link: str) -> None:
    ann = browser()
    page = ann.get(link).text
    sent = ann.post(
        link, data={"pair": pair_of(page), "choice": choice_of(page)}, follow_redirects=False
    )
    assert (sent.status_code, sent.headers["location"]) == (303, link)
    following = ann.get(link).text
    assert pair_of(following) != pair_of(page)
    assert "1 of at most 40 questions are judged, 1 of them by you." in following


def test_without_its_cookie_a_vote_is_refused_since_nobody_knows_the_order(
    store: Store, trained: Trained, link: str
) -> None:
    page = browser().get(link).text
    refused = browser().post(link, data={"pair": pair_of(page), "choice": "first"})
    assert refused.status_code == 400
    assert "allow cookies" in refused.text
    assert blind_tests.list_blind_tests(store, trained.run_id)[0].votes == 0


@pytest.mark.parametrize("token", ["guessed", "..%2F..%2Fetc", "<b>x", "x" * 3000])
def test_a_wrong_link_is_one_sentence(store: Store, token: str) -> None:
    refused = browser().get(f"{judge_route.PATH}/{token}")
    assert refused.status_code in (404, 410)
    if refused.status_code == 410:
        assert "This link is not good" in refused.text
    assert "<b>x" not in refused.text


@pytest.mark.parametrize(
    "body", [b"", b"pair=x&choice=first", b"pair=0&choice=up", b"\xff\xfe", b"pair=" + b"9" * 9000]
)
def test_an_odd_form_is_one_sentence(link: str, body: bytes) -> None:
    ann = browser()
    ann.get(link)
    refused = ann.post(link, content=body)
    assert refused.status_code == 400
    assert "load the page again" in refused.text


def test_a_foreign_page_cannot_vote(link: str) -> None:
    ann = browser()
    page = ann.get(link).text
    foreign = {"Origin": "https://elsewhere.example"}
    refused = ann.post(link, data={"pair": pair_of(page), "choice": "first"}, headers=foreign)
    assert refused.status_code == 403


def test_what_would_reorder_the_page_is_shown_as_a_sign(
    store: Store, trained: Trained, link: str
) -> None:
    from storage.tables import BlindTest

    with store.write() as session:
        (info,) = blind_tests.list_blind_tests(store, trained.run_id)
        test = session.get_one(BlindTest, info.id)
        pairs = [{**pair, "question": "a\u202eb"} for pair in test.pairs]
        test.asked = {"pairs": pairs}
    assert "a\ufffdb" in browser().get(link).text
