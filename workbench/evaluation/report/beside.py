"""What was looked at beside the exam: what else the model learned, and how people judge it."""

from workbench.evaluation.habits import headlines, parts
from workbench.evaluation.people import blind_result
from workbench.evaluation.report.content import Section
from workbench.evaluation.report.facts import Facts

_UNKNOWN = (
    "Whether it repeats data of yours word for word, such as names or numbers from the examples: not "
    "checked (page Evaluate, What else it learned)."
)
_UNJUDGED = "How people judge its answers without knowing whose they are: not asked (page Evaluate, blind test)."


def beside(facts: Facts) -> Section:
    """A sentence for each thing that was looked at; that nobody looked is said, too."""
    told, people = _habits(facts), [*_people(facts), *_judge(facts)]
    title = "What else was looked at"
    if told == [_UNKNOWN] and people == [_UNJUDGED]:
        title = "What nobody has looked at yet"
    return Section(title, points=(*told, *people))


def _habits(facts: Facts) -> list[str]:
    found = {part: value for part, value in facts.habits.items() if "why" not in value}
    if not found:
        return [_UNKNOWN]
    told = headlines.headlines(found)
    return [f"{parts.TITLES[part]} {sentence}" for part, sentence in told.items()]


def _judge(facts: Facts) -> list[str]:
    """A score that counts alone; of another nothing is said."""
    if facts.judge is None or not facts.judge.does_count:
        return []
    return [
        f"A language model that read them without knowing whose they are: {facts.judge.evidence}"
    ]


def _people(facts: Facts) -> list[str]:
    for info in facts.blind_tests:
        if info.votes:
            told = f"{blind_result.headline(info)} {blind_result.evidence(info)}".strip()
            return [f"People who did not know whose answers they read: {told}"]
    return [_UNJUDGED]
