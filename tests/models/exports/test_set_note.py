"""An export says how answers of several categories are read, and only of models that write them."""

from pathlib import Path

from workbench.core.tasks import CHAT, MULTI_LABEL
from workbench.jobs.process.specs import BaseModelRef
from workbench.models.exports.set_note import as_read, for_card, how_to_read, writes_sets
from workbench.models.trained import TrainedModel


def _trained(task: str, *labels: str) -> TrainedModel:
    base = BaseModelRef("tiny", Path("/m"), "causal", "r")
    return TrainedModel(task=task, family="causal", base=base, labels=labels)


def test_an_answer_of_another_task_is_what_it_says() -> None:
    other = _trained(CHAT.name)
    assert not writes_sets(other)
    assert as_read(other, "Price; late.") == "Price; late."
    assert how_to_read(other) == {}
    assert for_card(other) == ""


def test_several_categories_are_read_in_order_and_without_what_is_none() -> None:
    own = _trained(MULTI_LABEL.name, "late", "price")
    assert writes_sets(own)
    assert as_read(own, "Price; late, fast.") == "late; price"
    assert as_read(own, "I do not know") == "none of them"
    told = how_to_read(own)["several"]
    assert told["between"].join(["late", "price"]) == as_read(own, "price\nlate")
    assert told["none"] == as_read(own, "")


def test_the_card_names_the_categories_and_no_more_than_fit() -> None:
    assert for_card(_trained(MULTI_LABEL.name, "late", "a `b`")).endswith(
        "Its categories: `late`, `a 'b'`."
    )
    many = _trained(MULTI_LABEL.name, *(f"c{n}" for n in range(120)))
    assert for_card(many).endswith("`c99` and 20 more.")
