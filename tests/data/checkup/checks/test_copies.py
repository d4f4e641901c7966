import pytest

from tests.helpers.check_tables import CLEAN, REPLIES, replying, sorting
from workbench.data.checkup.checks import contradictions, duplicates, leakage
from workbench.data.checkup.rows import Rows

ILLNESSES = ("Miller", "Winchester", "Hennekam", "Turner", "Marfan", "Noonan")
INHERITED = (
    "This condition is inherited in an autosomal recessive pattern, which means that both copies "
    "of the gene in each cell have mutations, so that the parents rarely show any signs of it."
)


def _dropped(rows: Rows) -> list[int]:
    finding = duplicates.check(rows)
    return [flagged.row_id for flagged in finding.flagged_rows if flagged.drop] if finding else []


def test_a_pattern_filled_in_many_ways_is_no_copy() -> None:
    questions = [(f"Is {name} syndrome inherited in families?", INHERITED) for name in ILLNESSES]
    assert _dropped(replying(*questions)) == []


def test_a_pattern_filled_twice_is_a_near_copy() -> None:
    pair = [(f"Is {name} syndrome inherited in families?", "Some") for name in ("Mller", "Miller")]
    assert _dropped(replying(*pair)) == [10]


def test_a_copy_to_the_letter_within_a_pattern_is_found() -> None:
    questions = [(f"Is {name} syndrome inherited in families?", INHERITED) for name in ILLNESSES]
    assert _dropped(replying(*questions, questions[2])) == [15]


def test_a_pattern_is_seen_across_the_sides_of_the_exam() -> None:
    pairs = [(f"My {what} is broken since the move", "Complaint") for what in ILLNESSES]
    rows = sorting(*pairs, splits=["train", "train", "train", "train", "test", "test"])
    assert _dropped(rows) == []
    assert leakage.check(rows) is None


def test_what_is_filled_in_other_categories_makes_no_pattern_of_this_one() -> None:
    pairs = [(f"How do I {verb} the order of today?", verb) for verb in ("send", "pay", "get")]
    copies = [(f"How do I {verb} the order of today?", "stop") for verb in ("cancel", "canceling")]
    assert _dropped(sorting(*pairs, *copies)) == [13]


@pytest.mark.parametrize(
    ("one", "other", "copies"),
    [
        ("please cancel order 123 for me", "please cancel order 456 for me", []),
        ("please cancel order A-123 for me", "please cancel order B-77 for me", []),
        ("please cancel order 123 for me", "please cancel order 123 for us", [10]),
        ("please cancel order 123 for me", "please cancel my order for me", [10]),
    ],
)
def test_another_number_makes_another_question(one: str, other: str, copies: list[int]) -> None:
    assert _dropped(sorting((one, "Return"), (other, "Return"))) == copies


def test_a_long_mail_that_came_again_with_another_number_is_a_copy() -> None:
    mail = (
        "Ticket {}. Good morning, the blue pen from my last order leaks all over the desk and "
        "nobody on your hotline could tell me what to do about it, so please answer soon."
    )
    assert _dropped(sorting(*[(mail.format(n), "Complaint") for n in (4711, 4815)])) == [10]


def test_answers_that_differ_in_the_word_that_the_questions_differ_in_are_no_copies() -> None:
    answer = "The liver gets inflamed by the hepatitis {} virus; wash your hands and see a doctor."
    asked = "What do I need to know about hepatitis {} now?"
    pair = [(asked.format(kind), answer.format(kind)) for kind in ("alpha", "beta")]
    assert _dropped(replying(*pair)) == []
    assert _dropped(replying(*[(question, answer) for question, _ in pair])) == [10]


def test_a_sentence_that_many_are_answered_with_confirms_no_copy() -> None:
    others = [
        (f"Does {name}, which my aunt once had, run in {where}?", INHERITED)
        for name, where in zip(
            ILLNESSES, ("blood", "sons", "girls", "kin", "men", "us"), strict=True
        )
    ]
    pair = [(f"Is {what} deficiency inherited?", INHERITED) for what in ("prothrombin", "biotin")]
    assert _dropped(replying(*others, *pair)) == []
    assert _dropped(replying(*pair)) == [10]


def test_two_ways_of_asking_for_a_common_answer_are_copies() -> None:
    others = [(f"{question} And how?", REPLIES[0]) for question, _ in CLEAN[1:7]]
    pair = [(f"how {may} I reset the password?", REPLIES[0]) for may in ("can", "do")]
    many = [(f"how {may} we think of {i}?", REPLIES[1]) for may in ("can", "do") for i in "abcdef"]
    assert _dropped(replying(*others, *many, *pair, clean=False))[-1:] == [20]


def test_names_of_a_pattern_that_differ_by_a_letter_are_no_contradiction() -> None:
    names = ("Marina", "Marisa", "Heinrich", "Johannes", "Charlotte", "Florentine")
    pairs = [(f"the parcel is for {name} upstairs", name) for name in names]
    assert contradictions.check(sorting(*pairs)) is None
    assert contradictions.check(sorting(*pairs[:2]))


DISCLAIMER = (
    "This message is meant for the person it is sent to and for nobody else, and may hold what is "
    "not for all ears. If it came to you by mistake, please tell us so and throw it away at once "
    "without having read, copied or handed on any part of it. We look for viruses before we send "
    "mail, but cannot promise that none came along on the way to you, so look for yourself, too."
)


def test_mails_that_share_nothing_but_a_disclaimer_are_no_copies() -> None:
    said = [
        f"{what} {where}, what now?"
        for what in ("The pen leaks", "The box is torn", "A page is missing")
        for where in ("in Bonn", "at my desk", "since May", "on the left")
    ]
    mails = [(f"{text}\n\n{DISCLAIMER}", "Complaint") for text in said]
    assert _dropped(sorting(*mails)) == []
    assert leakage.check(sorting(*mails, splits=["test"] * 6)) is None
    again = (mails[3][0].replace("the left", "the left side"), "Complaint")
    assert _dropped(sorting(*mails, again)) == [21]


def test_notifications_that_many_get_with_their_own_numbers_are_no_copies() -> None:
    note = (
        "Your order {} was sent on the {}th of May and will be with you soon. This is an automatic "
        "message, so please do not answer it; you find all about it in your account."
    )
    many = [(note.format(4_000 + day, day), "Delivery") for day in range(10, 16)]
    assert _dropped(sorting(*many)) == []
    assert _dropped(sorting(*many[:3])) == [10, 11]
    rows = sorting(*many, splits=["train", "train", "train", "train", "test", "test"])
    assert (_dropped(rows), leakage.check(rows)) == ([], None)


def test_texts_about_other_places_are_no_copies() -> None:
    places = ("Dublin", "Canada")
    texts = [(f"Could I place an order from {place} this week?", "Delivery") for place in places]

    assert _dropped(sorting(*texts)) == []
    assert _dropped(sorting(texts[0], (texts[0][0].replace("Dublin", "Dubln"), "Delivery"))) == [10]
    assert _dropped(sorting(texts[0], ("Could I make an order from Dublin this week?", "Delivery")))


def test_what_fills_a_pattern_elsewhere_is_no_copy() -> None:
    plans = ("gold", "premium", "standard", "basic", "trial", "student")
    pattern = [(f"Could you please open a {plan} plan for me", "Return") for plan in plans]
    pair = [(f"My {plan} plan does not begin on Monday", "Complaint") for plan in plans[:2]]
    other = [(f"My {word} plan does not begin on Monday", "Complaint") for word in ("gold", "new")]

    assert _dropped(sorting(*pattern, *pair)) == []
    assert _dropped(sorting(*pattern, *other)) == [16]


PLANS = ("gold", "premium", "standard", "basic", "trial", "freemium")
NAMED = [
    (text.format(plan), kind)
    for kind, texts in {
        "End": ("I would like to end my {} plan", "Stop the {} plan right now", "No more {} plan!"),
        "Pay": (
            "How is a {} plan paid for?",
            "Bill us for our {} plan twice",
            "Is a {} plan free?",
        ),
    }.items()
    for text, two in zip(texts, (PLANS[:2], PLANS[2:4], PLANS[4:]), strict=True)
    for plan in two
]
"""So named that no sentence is filled in more than two ways."""


@pytest.mark.parametrize(
    ("one", "other", "copies"),
    [
        ("trial", "gold", []),
        ("standard", "standart", [22]),
        ("trial", "whole", [22]),
    ],
)
def test_what_is_named_beside_the_same_word_in_several_categories_is_no_copy(
    one: str, other: str, copies: list[int]
) -> None:
    pair = [(f"Since when does the {plan} plan cost so much?", "Anger") for plan in (one, other)]
    assert [row for row in _dropped(sorting(*NAMED, *pair)) if row > 20] == copies
    assert _dropped(sorting(*NAMED[::6], *pair)) == [12]


def test_values_in_many_texts_that_are_spelled_alike_are_no_slips() -> None:
    told = ("Who told you of the {} plan?", "Any {} plan is {} to me", "I dreamt of a {} plan")
    more = [(text.replace("{}", plan), "Pay") for text in told for plan in ("premium", "freemium")]
    pair = [
        (f"Why does the {plan} plan cost so much?", "Anger") for plan in ("premium", "freemium")
    ]
    assert _dropped(sorting(*NAMED, *more, *pair)) == []
    assert _dropped(sorting(*NAMED, *pair)) == [22]


def test_texts_about_other_persons_and_places_are_no_copies_whoever_writes_small() -> None:
    bills = [(f"Please send me the bill of Mr. {name} again", "Invoice") for name in ("Ott", "Bly")]
    places = [
        (f"Do you take an order from {place} today?", "Delivery") for place in ("Rome", "Kiel")
    ]
    small = [("is there anything from rome, kiel, mr. ott or mr. bly?", "Complaint")]

    assert _dropped(sorting(*small, *bills, *places)) == []


def test_another_word_in_a_text_of_four_is_no_copy() -> None:
    assert (
        _dropped(sorting(("We loved the biscuits!", "Good"), ("We loved the terrace.", "Good")))
        == []
    )
    assert _dropped(
        sorting(("We loved the biscuits!", "Good"), ("We loved the biscits.", "Good"))
    ) == [10]


@pytest.mark.parametrize(
    ("one", "other", "copies"),
    [
        ("Where is the new catalogue for May?", "What is the new catalogue for May?", []),
        ("When do I pay for the calendar?", "How do I pay for the calendar?", []),
        ("Why do I pay for the calendar?", "Do I pay for the calendar?", []),
        ("How do I pay for the calendar?", "Where do I pay for the calendar?", [10]),
        ("Has the box from Monday gone out?", "Hasn't the box from Monday gone out?", []),
        ("I can open the box of pens", "I cannot open the box of pens", []),
        ("The box of pens was open today", "The box of pens was not open today", []),
        ("I cannot open the box of pens", "I can't open the box of pens", [10]),
    ],
)
def test_asking_for_another_thing_or_denying_it_is_no_copy(
    one: str, other: str, copies: list[int]
) -> None:
    assert _dropped(sorting((one, "Return"), (other, "Return"))) == copies
