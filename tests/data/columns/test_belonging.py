"""Text columns that belong together are one question, each behind its name; others stay alone."""

import itertools

import pytest

from tests.data.columns.test_mapping import made
from workbench.data.columns.guessing import guess_roles, guess_task
from workbench.data.readers import Table

_WORDS = ["parcel", "mug", "lamp", "kettle", "desk", "scarf", "tent", "chair", "router", "drill"]


def _texts(start: str, count: int = 40, long: int = 1) -> list[str | None]:
    """So many sentences that begin in a way of their own."""
    return [
        f"{start} {n} about the {_WORDS[n % 10]} and the {_WORDS[n // 7 % 10]}. " * long
        for n in range(count)
    ]


def _cycle(*values: str) -> list[str | None]:
    return list(itertools.islice(itertools.cycle(values), 40))


def _pair(first: str, second: str, **more: list[str | None]) -> Table:
    return made(**{first: _texts("One thing"), second: _texts("Another thing"), **more})


@pytest.mark.parametrize(
    ("first", "second", "label"),
    [
        ("question1", "question2", "is_duplicate"),
        ("sentence1", "sentence2", "label"),
        ("sentence_A", "sentence_B", "entailment_judgment"),
        ("premise", "hypothesis", "gold_label"),
        ("premise", "hypothesis", "label"),
        ("Text 1", "Text 2", "Same"),
        ("sentenceA", "sentenceB", "score"),
        ("title_left", "title_right", "match"),
        ("first_text", "second_text", "paraphrase"),
        ("claim", "evidence", "verdict"),
        ("query", "passage", "relevant"),
        ("question", "sentence", "label"),
        ("s1", "s2", "is_same"),
    ],
)
def test_both_texts_of_a_pair_are_in_the_question(first: str, second: str, label: str) -> None:
    table = _pair(first, second, **{label: _cycle("0", "1", "1")}, split=_cycle("a", "b"))

    assert guess_task(table).task == "classification"
    assert guess_roles(table, "classification") == {
        "text": f"{first}: {{{first}}}\n{second}: {{{second}}}",
        "label": label,
    }


def test_the_numbers_beside_a_pair_are_no_texts_and_no_categories() -> None:
    numbers: list[str | None] = [str(n) for n in range(40)]
    table = made(id=numbers, qid1=numbers, qid2=numbers[::-1],
                 question1=_texts("One"), question2=_texts("Two"), is_duplicate=_cycle("0"))  # fmt: skip

    assert guess_task(table).task == "classification"
    assert guess_roles(table, "classification") == {
        "text": "question1: {question1}\nquestion2: {question2}",
        "label": "is_duplicate",
    }


@pytest.mark.parametrize(
    ("title", "body", "label"),
    [
        ("title", "body", "category"),
        ("subject", "text", "queue"),
        ("Subject", "Message", "Department"),
        ("review_title", "review_body", "stars"),
        ("Betreff", "Nachricht", "Kategorie"),
        ("title", "text", "is_spam"),
    ],
)
def test_a_title_goes_with_its_text(title: str, body: str, label: str) -> None:
    table = made(**{title: _texts("Title"), body: _texts("Body", long=4), label: _cycle("0", "1")})

    assert guess_task(table).task == "classification"
    assert guess_roles(table, "classification") == {
        "text": f"{title}: {{{title}}}\n{body}: {{{body}}}",
        "label": label,
    }


def test_a_subject_goes_with_the_mail_that_is_answered() -> None:
    table = made(subject=_texts("Subject"), body=_texts("Body", long=3), reply=_texts("Reply"))

    assert guess_task(table).task == "completion"
    assert guess_roles(table, "completion") == {
        "prompt": "subject: {subject}\nbody: {body}",
        "response": "reply",
    }


def test_the_text_that_a_question_is_about_goes_with_it() -> None:
    table = made(
        question=_texts("What"), context=_texts("So it is", long=5), answer=_texts("It is")
    )

    assert guess_roles(table, "completion") == {
        "prompt": "context: {context}\nquestion: {question}",
        "response": "answer",
    }


def test_the_options_of_a_question_stand_below_it() -> None:
    options = {f"option_{letter}": _texts(f"Choice {letter}") for letter in "abcd"}
    table = made(question=_texts("What"), **options, answer=_cycle("A", "B", "C", "D"))

    assert guess_task(table).task == "classification"
    roles = guess_roles(table, "classification")
    assert roles["label"] == "answer"
    assert roles["text"].splitlines() == [f"{name}: {{{name}}}" for name in ("question", *options)]


@pytest.mark.parametrize(
    "columns",
    [
        {"text": _texts("One"), "explanation": _texts("Because"), "label": _cycle("a", "b")},
        {"text": _texts("One"), "text_clean": _texts("one"), "label": _cycle("a", "b")},
        {"text": _texts("One"), "title_id": _texts("T"), "label": _cycle("a", "b")},
        {"text": _texts("One"), "date": _cycle("2024-01-01", "2024-02-01", "2024-03-01"),
         "label": _cycle("a", "b")},
        {"text": _texts("One"), "comment": _texts("I think"), "label": _cycle("a", "b")},
        {"title": _texts("One"), "text": [f"{t} And so on." for t in _texts("One")],
         "label": _cycle("a", "b")},
        {"text1": _texts("One"), "text2": _texts("One"), "label": _cycle("a", "b")},
        {"Column 1": _texts("One"), "Column 2": _texts("Two"), "Column 3": _cycle("a", "b")},
    ],
)  # fmt: skip
def test_what_is_no_second_text_stays_out_of_the_question(
    columns: dict[str, list[str | None]],
) -> None:
    roles = guess_roles(made(**columns), "classification")

    assert "{" not in roles["text"]
    assert guess_roles(made(**columns), "language-modelling")["text"] in columns


def test_answers_to_compare_are_no_pair() -> None:
    table = made(prompt=_texts("Q"), response_a=_texts("A"), response_b=_texts("B"),
                 winner=_cycle("a", "b"))  # fmt: skip

    assert "{" not in guess_roles(table, "completion")["prompt"]
    assert guess_task(table).task == "completion"
