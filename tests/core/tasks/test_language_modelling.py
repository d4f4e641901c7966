"""A document, begun for a model to go on with."""

from workbench.core.tasks import LANGUAGE_MODELLING


def _row(words: int) -> dict[str, str]:
    return {"text": " ".join(map(str, range(words)))}


def test_the_half_of_a_short_document_is_given_and_the_other_wanted() -> None:
    assert LANGUAGE_MODELLING.question(_row(5)) == "0 1"
    assert LANGUAGE_MODELLING.answer(_row(5)) == "2 3 4"
    assert (LANGUAGE_MODELLING.question(_row(1)), LANGUAGE_MODELLING.answer(_row(1))) == ("0", "")


def test_of_a_long_document_so_much_is_shown_as_one_likes_to_read() -> None:
    assert LANGUAGE_MODELLING.question(_row(500)).split()[-1] == "59"
    assert (LANGUAGE_MODELLING.answer(_row(500)) or "").split()[-1] == "119"


def test_how_it_goes_on_is_neither_right_nor_wrong() -> None:
    assert LANGUAGE_MODELLING.is_right is None
    assert LANGUAGE_MODELLING.record(_row(2), "Be kind.") == {"text": "0 1"}
