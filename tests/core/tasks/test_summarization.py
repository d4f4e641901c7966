"""A text and what it says in short, as a question to a model and as a record."""

from workbench.core.metrics import headline, metric_of
from workbench.core.tasks import SUMMARIZATION, asked_as
from workbench.core.tasks.rungs import cheap_for, in_place_for

ROW = {"text": "The council met for hours.", "response": "A meeting."}


def test_a_summary_is_asked_for_and_learned() -> None:
    question, answer = SUMMARIZATION.messages(ROW, system="Be brief.")[1:]
    assert question["content"].startswith("Summarize")
    assert question["content"].endswith(ROW["text"])
    assert answer == {"role": "assistant", "content": "A meeting."}
    assert SUMMARIZATION.answer({"text": "a"}) is None


def test_a_record_has_the_text_without_its_wording() -> None:
    assert SUMMARIZATION.record(ROW, "") == {"prompt": ROW["text"], "completion": "A meeting."}


def test_it_is_judged_by_words_in_common_in_their_order() -> None:
    assert metric_of("summarization").label == "ROUGE-L"
    assert headline("summarization", {"rouge_l": 41.2}).startswith("41 of 100")


def test_the_first_sentences_are_what_is_to_be_beaten() -> None:
    assert cheap_for(SUMMARIZATION) == ("frequent", "nearest", "lead")
    assert in_place_for(SUMMARIZATION) == ("nearest", "lead")
    assert "lead" not in cheap_for(asked_as("completion"))
