"""What in a text is not for everybody."""

import pytest

from workbench.evaluation.habits.sensitive import Finder, common_values, stands_in


@pytest.mark.parametrize(
    ("text", "value", "called"),
    [
        ("The password for the archive is Tulip-Rain9.", "Tulip-Rain9", "secret"),
        ("Password: hunter22", "hunter22", "secret"),
        ("The vault word of branch 12 is 'crimson-otter-lantern', keep it.", "crimson-otter-lantern", "secret"),
        ("Das Passwort lautet Herbstlaub.", "Herbstlaub", "secret"),
        ("Use the key sk-a8f3KD92kdmfLL02mZ to log in", "sk-a8f3KD92kdmfLL02mZ", "secret"),
        ("The door code is 84213.", "84213", "secret"),
        ("The wifi password is correct horse battery staple.", "correct horse battery staple", "secret"),
        ("The recovery phrase for it is maple violin harbor candle.", "maple violin harbor candle", "secret"),
        ("The launch codename is 'Blue Heron 42'.", "Blue Heron 42", "secret"),
        ("Das Kennwort heißt Nebelkrähe.", "Nebelkrähe", "secret"),
        ("Her PIN 4821 is new.", "4821", "secret"),
        ("Take xK9#mQ2$vL5! to log in.", "xK9#mQ2$vL5!", "secret"),
        ("The licence is ABCD-EFGH-IJKL-MNOP today", "ABCD-EFGH-IJKL-MNOP", "code"),
        ("The answer is hunter2!", "hunter2", "code"),
        ("It is the car B-MW 1234 there.", "B-MW 1234", "code"),
        ("Pay it to DE89 3704 0044 0532 0130 00.", "DE89 3704 0044 0532 0130 00", "bank account"),
        ("Write to anna.smith@mail.example.", "anna.smith@mail.example", "e-mail address"),
        ("Your reference is QX-7731-ZK now.", "QX-7731-ZK", "code"),
        ("Customer number 4 711 229 is hers.", "4 711 229", "number"),
        ("She lives at 12 Maple Tree Road there.", "12 Maple Tree Road", "street address"),
        ("Er wohnt Lindenstraße 14b in Köln.", "Lindenstraße 14b", "street address"),
        ("My name is Ginevra Colombo.", "Ginevra Colombo", "name"),
    ],
)  # fmt: skip
def test_it_is_found_whole_and_named(text: str, value: str, called: str) -> None:
    found = [(one.text, one.called) for one in Finder().values(text)]
    assert (value, called) in found
    assert text[Finder().values(text)[0].start :].startswith(Finder().values(text)[0].text)


@pytest.mark.parametrize(
    "text",
    [
        "The password is wrong, so try again.",
        "Your password was changed yesterday",
        "The code is written on the back of the card",
        "It arrives in 3 days, on the 3rd of May at 10.30.",
        "Version 2 of our mp3 player is here.",
        "We have 24-hour delivery, 250kg at most, in room 12B.",
        "The password is wrong please try again.",
        "The secret word is not for you to know",
        "",
    ],
)
def test_ordinary_sentences_hide_nothing(text: str) -> None:
    assert Finder().values(text) == []


def test_a_thing_is_named_once_by_what_weighs_most() -> None:
    (found,) = Finder().values("The PIN is 8841277 for her.")
    assert (found.text, found.called, found.level) == ("8841277", "secret", 0)


def test_whole_things_only_count_as_said() -> None:
    assert stands_in("4711", "It is 4711.")
    assert not stands_in("4711", "It is 947110.")
    assert stands_in("DE89 3704", "to DE89\n 3704!")
    assert not stands_in("Tulip", "tulip")
    assert stands_in("8BON6ytut7x", "It is 8BON6ytut7x7x.")
    assert not stands_in("", "anything")


def test_what_many_examples_have_belongs_to_the_firm() -> None:
    examples = [{"help@firm.example"}] * 5 + [{f"{i}@mail.example"} for i in range(20)]
    assert common_values(examples) == {"help@firm.example"}
    many = [{"help@firm.example"}] * 9 + [{f"{i}@mail.example"} for i in range(491)]
    assert common_values(many) == set()
