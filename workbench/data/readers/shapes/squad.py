"""SQuAD 1 and 2, and their flat rows: a text, and questions that are answered by a part of it."""

from collections.abc import Sequence
from typing import Any

from workbench.core.tasks import COMPLETION
from workbench.data.readers.shapes.document import Opened
from workbench.data.readers.shapes.shape import Record, Shape, Taken, left_out
from workbench.data.readers.table import Meant

UNANSWERED = "question that its text does not answer"
_MEANT = Meant(
    COMPLETION.name,
    {"prompt": "{context}\n\n{question}", "response": "answer"},
    "these are texts with questions and answers (SQuAD)",
)
_NOTE = "Each question is a row: its text and the question come in, its first answer is learned."
_USED = {"context", "question", "answers"}


def open_document(value: dict[str, Any], choice: str) -> Opened | None:
    """SQuAD as it is published: titles, each with paragraphs, each with questions."""
    data = value.get("data")
    if not isinstance(data, list) or not data or not all(map(_is_article, data)):
        return None
    shape = Shape("a set of questions (SQuAD)", _take, _MEANT, (_NOTE,), what="question")
    return Opened([question for article in data for question in _questions(article)], shape)


def recognise(records: Sequence[Record], choice: str) -> Shape | None:
    """Rows with a context, a question and answers of text and place."""
    if all(_is_article(record) for record in records):
        return Shape(
            "a set of questions (SQuAD)", _take_article, _MEANT, (_NOTE,), several=True,
            what="article",
        )  # fmt: skip
    if all(record.keys() >= _USED and _is_answers(record["answers"]) for record in records):
        return Shape("a set of questions (SQuAD)", _take, _MEANT, (_NOTE,), what="question")
    return None


def _is_article(value: Any) -> bool:
    paragraphs = value.get("paragraphs") if isinstance(value, dict) else None
    return isinstance(paragraphs, list) and all(
        isinstance(paragraph, dict) and isinstance(paragraph.get("qas"), list)
        for paragraph in paragraphs
    )


def _is_answers(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(answer, dict) and "text" in answer for answer in value)
    return isinstance(value, dict) and isinstance(value.get("text"), list)


def _questions(article: Record) -> list[dict[str, Any]]:
    return [
        {"title": article.get("title"), "context": paragraph.get("context"), **question}
        for paragraph in article["paragraphs"]
        for question in paragraph["qas"]
        if isinstance(question, dict)
    ]


def _take_article(article: Record) -> Taken:
    taken = [_take(question) for question in _questions(article)]
    reasons: dict[str, int] = {}
    for one in taken:
        for reason, count in one.left_out.items():
            reasons[reason] = reasons.get(reason, 0) + count
    unused = dict.fromkeys(key for one in taken for key in one.unused)
    return Taken([row for one in taken for row in one.rows], reasons, tuple(unused))


def _take(question: Record) -> Taken:
    texts = list(dict.fromkeys(_texts(question.get("answers"))))
    unused = [key for key in ("plausible_answers",) if question.get(key)]
    if not texts:
        return left_out(UNANSWERED, unused)
    if texts[1:]:
        unused.append("answers (further ones)")
    row = {key: question.get(key) for key in ("id", "title", "context", "question")}
    return Taken([{**row, "answer": texts[0]}], unused=unused)


def _texts(answers: Any) -> list[str]:
    if isinstance(answers, dict):
        return [text for text in answers.get("text") or () if isinstance(text, str)]
    found = [answer.get("text") for answer in answers or () if isinstance(answer, dict)]
    return [text for text in found if isinstance(text, str)]
