from workbench.data.checkup.similarity.uses import Uses

COLOURS = ("red", "blue", "green", "black", "white")
PENS = [(f"one {colour} pen leaks", "leaks") for colour in COLOURS] + [
    (f"send two {colour} pen sets", "orders") for colour in COLOURS
]


def _uses(rows: list[tuple[str, str]]) -> Uses:
    other = [(f"text number {n} about nothing", f"kind {n % 4}") for n in range(80)]
    return Uses(*map(list, zip(*rows, *other, strict=True)))


def test_values_stand_beside_the_same_word_in_several_categories() -> None:
    assert _uses(PENS).are_values("red", "green")
    assert not _uses(PENS).are_values("red", "leaks")
    assert not _uses(PENS[:5]).are_values("red", "green")
    assert not _uses([row for row in PENS if "white" not in row[0]]).are_values("red", "green")


def test_a_neighbour_of_most_categories_tells_no_values() -> None:
    told = [(f"a {text}", f"kind {n % 4}") for n, (text, _) in enumerate(PENS)]
    assert not _uses(told).are_values("red", "green")


def test_a_name_has_a_capital_within_sentences_wherever_capitals_are_used() -> None:
    uses = _uses([("Ship it to Oslo", "a"), ("ship it to oslo", "a"), ("is oslo far", "a")])
    assert uses.is_name("oslo")
    assert not _uses([("Ship it to Oslo", "a"), ("Is oslo far", "a")]).is_name("oslo")
    assert _uses([("The letter of Mr. Ott", "a")]).is_name("ott")
    assert _uses([("Ship it to  Oslo", "a")]).is_name("oslo")
    assert not uses.is_name("ship")


def test_common_words_stand_in_many_of_the_texts() -> None:
    assert _uses(PENS).is_common("nothing")
    assert not _uses(PENS).is_common("red")
    assert _uses(PENS).is_frequent("pen")
    assert not _uses(PENS).is_frequent("red")
