"""What was looked at beside the exam: what else the model learned, and how people judge it."""

from workbench.evaluation.habits import headlines, parts
from workbench.evaluation.people import blind_result
from workbench.evaluation.report.content import Section
from workbench.evaluation.report.facts import Facts


def beside(facts: Facts) -> Section:
    """A sentence for each thing that was looked at; that nobody looked is said, too."""
    return Section("What else was looked at", points=(*_habits(facts), *_people(facts)))


def _habits(facts: Facts) -> list[str]:
    found = {part: value for part, value in facts.habits.items() if "why" not in value}
    if not found:
        return ["Nobody has looked yet at whether it gives rows away that it learned from."]
    told = headlines.headlines(found)
    return [f"{parts.TITLES[part]} {sentence}" for part, sentence in told.items()]


def _people(facts: Facts) -> list[str]:
    for info in facts.blind_tests:
        if info.votes:
            told = f"{blind_result.headline(info)} {blind_result.evidence(info)}".strip()
            return [f"People who did not know whose answers they read: {told}"]
    return ["No people have judged its answers blindly."]
