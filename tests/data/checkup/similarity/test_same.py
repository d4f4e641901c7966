import pytest

from workbench.data.checkup.similarity.same import same_texts


def _groups(*texts: str) -> list[list[int]]:
    found = same_texts(texts)
    buckets = {bucket: found.rows[found.bucket == bucket] for bucket in set(found.bucket.tolist())}
    return sorted(sorted(rows.tolist()) for rows in buckets.values())


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("Where's my card?!", "  WHERES my   card"),
        ("Größe „M“, bitte", "GRÖSSE".replace("SS", "ß") + " M – bitte …"),
        ("It costs 1.50", "it costs 150"),
        ("it\u2019s here", "It's here."),
        ("ﬁne", "FINE"),
    ],
)
def test_capitals_spaces_and_punctuation_do_not_count(text: str, other: str) -> None:
    assert _groups(text, "something else", other) == [[0, 2]]


def test_the_same_letters_in_other_words_are_not_the_same() -> None:
    assert _groups("no where to go", "nowhere to go", "now here to go") == []


def test_texts_without_words_are_not_the_same() -> None:
    assert _groups("", "...", "   ", "?!") == []
    assert _groups() == []


def test_each_text_stands_with_its_own() -> None:
    assert _groups("a b", "c d", "A B!", "C-D", "e") == [[0, 2], [1, 3]]
