import pytest

from workbench.core.writing import is_spaceless, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Where is it?", ["Where", "is", "it"]),
        ("水壶坏了", ["水", "壶", "坏", "了"]),
        ("买 iPhone15 吗", ["买", "iPhone15", "吗"]),
        ("", []),
    ],
)
def test_each_letter_is_a_word_where_no_spaces_tell_words_apart(
    text: str, found: list[str]
) -> None:
    assert words(text) == found


def test_korean_and_latin_letters_have_spaces_between_words() -> None:
    assert [letter for letter in "水かカกａ。가aé1" if is_spaceless(letter)] == list("水かカกａ。")
