"""Answers that repeat their question, or one another."""

from collections import Counter

from workbench.core.words import percent, plural, shortened
from workbench.core.writing import is_spaceless, words
from workbench.data.checkup.checks.answers import answers_of
from workbench.data.checkup.finding import Finding, FlaggedRow, harm_of
from workbench.data.checkup.rows import Rows
from workbench.data.checkup.similarity.tokens import normalize

ECHO, TEMPLATE = "echo", "template"
_SAME_SHARE, _START_SHARE, _START_WORDS = 0.2, 0.5, 6
_FEWEST = 20
_CHUNK = 50_000


def check(rows: Rows) -> list[Finding]:
    """What is odd about the answers as a whole."""
    answers = answers_of(rows)
    return [found for found in (_echo(rows, answers), _template(rows, answers)) if found]


def _echo(rows: Rows, answers: list[str]) -> Finding | None:
    questions = rows.questions()
    maybe = [
        row
        for row, (question, answer) in enumerate(zip(questions, answers, strict=True))
        if answer[:1].casefold() == question[:1].casefold()
        and abs(len(answer) - len(question)) <= 0.2 * len(question)
    ]
    echoes: list[int] = []
    for start in range(0, len(maybe), _CHUNK):
        some = maybe[start : start + _CHUNK]
        asked, said = (normalize([texts[row] for row in some]) for texts in (questions, answers))
        pairs = zip(some, asked.to_pylist(), said.to_pylist(), strict=True)
        echoes += [row for row, question, answer in pairs if question == answer]
    if not echoes:
        return None
    first = echoes[0]
    return Finding(
        ECHO,
        f"{plural(len(echoes), 'answer')} only {'repeats' if len(echoes) == 1 else 'repeat'} the "
        "question",
        f"In row {rows.row_ids[first]} '{shortened(questions[first])}' is answered with the same "
        "words.",
        "The model learns to say back what it was asked.",
        harm_of(0.3, len(echoes) / len(rows), 0.2),
        [FlaggedRow(rows.row_ids[row], drop=True) for row in echoes],
        remove=f"Take out {plural(len(echoes), 'row')}",
    )


def _template(rows: Rows, answers: list[str]) -> Finding | None:
    if len(answers) < _FEWEST:
        return None
    (same, times), *_ = Counter(answers).most_common(1)
    starts = [_start(answer[:200]) for answer in answers]
    (start, begun), *_ = Counter(starts).most_common(1)
    if times >= _SAME_SHARE * len(answers):
        marked = [row for row, answer in enumerate(answers) if answer == same]
        says = f"give the same answer: '{shortened(same)}'"
    elif begun >= _START_SHARE * len(answers) and len(words(start)) >= _START_WORDS:
        marked = [row for row, begins in enumerate(starts) if begins == start]
        says = f"begin with the same words: '{start} …'"
    else:
        return None
    share = len(marked) / len(answers)
    return Finding(
        TEMPLATE,
        f"{percent(share)} of the answers {says.partition(':')[0]}",
        f"{plural(len(marked), 'row')}, such as row {rows.row_ids[marked[0]]}, {says}.",
        "The model learns that this is nearly always right, and scores that compare words look "
        "good whatever the rest of an answer says.",
        harm_of(0.15, share),
        [FlaggedRow(rows.row_ids[row]) for row in marked],
    )


def _start(answer: str) -> str:
    """The first words of an answer; where no spaces tell them apart, twice as many letters."""
    if answer and is_spaceless(answer[0]):
        return answer[: 2 * _START_WORDS]
    return " ".join(answer.split(None, _START_WORDS)[:_START_WORDS])
