"""Conversations changed turn by turn stay conversations as an import keeps them."""

import json

import pytest

from workbench.core.canonical import messages_json
from workbench.core.errors import WorkbenchError
from workbench.data.edits import turns
from workbench.data.edits.turns import Turn

ASKED = Turn("user", 'Where is "it"?\nHere?')
SAID = Turn("assistant", "Grüße: there.")


def test_what_was_not_changed_is_the_same_to_the_letter() -> None:
    said = [{"role": turn.role, "content": turn.content} for turn in (ASKED, SAID)]
    text = messages_json(json.dumps(said))
    assert turns.turns_of(text) == [ASKED, SAID]
    assert turns.conversation_of(turns.turns_of(text)) == text


def test_turns_in_a_row_by_the_same_speaker_become_one_as_in_an_import() -> None:
    said = [ASKED, SAID, Turn("assistant", " More. ")]
    assert turns.will_merge(said)
    kept = turns.turns_of(turns.conversation_of(said))
    assert kept == [ASKED, Turn("assistant", "Grüße: there.\n\nMore.")]
    assert not turns.will_merge(kept)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ([ASKED, Turn("assistant", " \n")], r"Turn 2 \(Assistant\) is empty"),
        ([Turn("system", ""), ASKED, SAID], r"Turn 1 \(Instruction\) is empty"),
        ([ASKED, SAID, ASKED], "ends with an answer"),
        ([], "ends with an answer"),
        ([Turn("system", "Be kind"), SAID], "Nobody asks anything"),
    ],
)
def test_what_cannot_be_learned_from_is_said_in_a_sentence(said: list[Turn], sentence: str) -> None:
    with pytest.raises(WorkbenchError, match=sentence):
        turns.conversation_of(said)


def test_the_other_side_speaks_next() -> None:
    assert turns.next_speaker([]) == "user"
    assert turns.next_speaker([ASKED]) == "assistant"
    assert turns.next_speaker([ASKED, SAID]) == "user"
    assert turns.next_speaker([Turn("system", "Be kind")]) == "user"


def test_an_answer_that_is_not_learned_stays_so_until_somebody_says_otherwise() -> None:
    bad = Turn("assistant", "No idea.", learn=False)
    text = turns.conversation_of([ASKED, bad, ASKED, SAID])

    assert turns.turns_of(text) == [ASKED, bad, ASKED, SAID]
    assert json.loads(text)[1]["learn"] is False
    with pytest.raises(WorkbenchError, match="No answer of this conversation would be learned"):
        turns.conversation_of([ASKED, bad])
