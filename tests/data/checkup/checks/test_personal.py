import json

import pytest

from tests.helpers.check_tables import replying, sorting, talking
from workbench.data.checkup.checks import personal
from workbench.data.checkup.privacy.names import names


def _masked(text: str) -> str:
    finding = personal.check(sorting((text, "Delivery")))
    return finding.flagged_rows[0].after or "" if finding else text


def test_clean_examples_have_no_personal_data() -> None:
    assert personal.check(sorting()) is None


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("mail jo.doe+x@sub.firm.co.uk, now", "mail [EMAIL_1], now"),
        ("pay to DE89 3704 0044 0532 0130 00 please", "pay to [IBAN_1] please"),
        ("pay to gb29nwbk60161331926819.", "pay to [IBAN_1]."),
        ("it is 4111 1111 1111 1111, exp 11/29", "it is [CARD_1], exp 11/29"),
        ("amex 378282246310005", "amex [CARD_1]"),
        ("from 203.0.113.77.", "from [IP_1]."),
        ("from 2001:db8::8a2e:370:7334", "from [IP_1]"),
        ("call +49 30 901820 now", "call [PHONE_1] now"),
        ("my phone number is 4155552671", "my phone number is [PHONE_1]"),
        ("(415) 555-2671 or 020 7946 0958", "[PHONE_1] or [PHONE_2]"),
        ("My name is Fatima Al-Sayed.", "My name is [NAME_1]."),
        ("it broke. Kind regards, Otto Steinbrecher", "it broke. Kind regards, [NAME_1]"),
        ("Dear Mrs van der Berg, hello", "Dear Mrs [NAME_1], hello"),
        ("please ask Anna Schmidt about it", "please ask [NAME_1] about it"),
        ("all of Anna Schmidt's letters", "all of [NAME_1]'s letters"),
        ("it broke. Kind regards, Jan de Vries", "it broke. Kind regards, [NAME_1]"),
        ("Customer: Ginevra Colombo\nhello", "Customer: [NAME_1]\nhello"),
        ("order 4711, 0171 2345678 is mine", "order 4711, [PHONE_1] is mine"),
    ],
)
def test_personal_data_become_placeholders(text: str, masked: str) -> None:
    assert _masked(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "pay to DE89 3704 0044 0532 0130 01 please",
        "it is 4111 1111 1111 1112",
        "order 1234 5678 9012 3452",
        "since 2023-05-12 or 12.05.2023",
        "order 20230512001 cost 1,234,567.89",
        "version 10.2.33.1 is out",
        "localhost is 127.0.0.1",
        "at 10:30:45 it said 99:99:99",
        "write me @home or a@b",
        "Dear Sir or Madam, hello",
        "Dear customer, hello",
        "Dear Customer Support, hello",
        "my name is on the card",
        "the treatment of Maria Schmidt syndrome in adults",
        "a brother with Maria Schmidt Tooth Disease",
        "a visit to the Anna Schmidt Museum",
        "the ATM in Notting Hill and the Apple Pay button",
        "in New York and Puerto Rico in May",
        "My name is J[NAME] and I wait",
        "the invoice of Anna Schmidt GmbH & Co. KG",
        "the shares of Anna Schmidt Inc. fell",
        "Dear Hiring Manager, hello",
        "Cheers, Best",
        "Customer: Hello!\nAgent: Hi!\nCustomer: Yeah, I'm here",
        "NDC Code(s): 0555-0952-02, 0555-0953-02 . I was",
        "your invoice no. 0171-234567 came",
        "printed on 01-03-18 5:23:26 PM",
        "the article 4971850134824 is sold out",
    ],
)
def test_what_only_looks_like_it_is_left_alone(text: str) -> None:
    assert _masked(text) == text


def test_the_same_thing_has_the_same_placeholder_in_all_rows() -> None:
    rows = sorting(
        ("mail a@x.de and b@x.de please", "Delivery"), ("it was B@X.de who wrote", "Delivery")
    )
    finding = personal.check(rows)
    assert finding
    assert [flagged.after for flagged in finding.flagged_rows] == [
        "mail [EMAIL_1] and [EMAIL_2] please",
        "it was [EMAIL_2] who wrote",
    ]
    assert finding.title == "2 rows with personal data"
    assert "3 e-mail addresses" in finding.text
    assert "a@x.de" not in finding.text


def test_question_and_answer_of_a_row_call_a_person_alike() -> None:
    finding = personal.check(
        replying(
            ("From: Isla Drummond\n\nIs it there?", "Hello Isla, it is. Isla Drummond gets it.")
        )
    )
    assert finding
    assert [(flagged.role, flagged.after, flagged.drop) for flagged in finding.flagged_rows] == [
        ("prompt", "From: [NAME_1]\n\nIs it there?", True),
        ("response", "Hello [NAME_1], it is. [NAME_1] gets it.", False),
    ]
    assert finding.rows == 1


def test_fields_that_are_asked_for_are_masked_as_in_the_text() -> None:
    finding = personal.check(
        replying(
            ("Yours sincerely, Ginevra Colombo", '{"who": "Ginevra Colombo"}'),
            task="extraction",
            clean=False,
        )
    )
    assert finding
    assert [flagged.after for flagged in finding.flagged_rows] == [
        "Yours sincerely, [NAME_1]",
        '{"who": "[NAME_1]"}',
    ]


def test_conversations_stay_readable() -> None:
    finding = personal.check(talking(('say "hi" to\nmax@x.de', "Done")))
    assert finding
    turns = json.loads(finding.flagged_rows[0].after or "")
    assert turns[0] == {"role": "user", "content": 'say "hi" to\n[EMAIL_1]'}
    assert turns[1] == {"role": "assistant", "content": "Done"}
    assert """row 1 reads 'say "hi" to [EMAIL_1]';""" in finding.text


def test_what_comes_first_decides_between_is_and_are() -> None:
    one = personal.check(sorting(("a@x.de and 203.0.113.77 or 203.0.113.78", "Delivery")))
    two = personal.check(sorting(("a@x.de and b@x.de", "Delivery")))
    assert one
    assert two
    assert "There is 1 e-mail address and 2 IP addresses." in one.text
    assert "There are 2 e-mail addresses." in two.text


def test_words_of_the_texts_are_no_names() -> None:
    text = "I saw Wei Banana there"
    assert [text[a:b] for a, b, _ in names(text)] == ["Wei Banana"]
    assert not list(names(text, {"banana"}))


def test_rows_with_most_to_hide_come_first_and_weigh_most() -> None:
    name, mail = "please ask Anna Schmidt about it", "my address is jo@x.de, by the way"
    account = "pay to DE89 3704 0044 0532 0130 00 please"
    harms = [personal.check(sorting((text, "Delivery"))) for text in (account, mail, name)]
    weights = [finding.harm for finding in harms if finding]
    assert weights == sorted(set(weights), reverse=True)
    assert len(weights) == 3
    found = personal.check(sorting((name, "Delivery"), (mail, "Delivery"), (account, "Return")))
    assert found
    assert [flagged.row_id for flagged in found.flagged_rows] == [11, 10, 9]
    assert "1 bank account and 1 name; 1 row has names only." in found.text


def test_names_alone_are_called_so_and_may_stay() -> None:
    finding = personal.check(sorting(("I adore Anna Schmidt in this film", "Complaint")))
    assert finding
    assert finding.title == "1 row with names of persons"
    assert finding.text.endswith(
        "Names that everybody knows, as in news or reviews of films, may stay."
    )


def test_what_only_an_answer_knows_gets_a_placeholder_without_a_number() -> None:
    finding = personal.check(
        replying(("My name is Anna Schmidt, is it there?", "Dear Anna Schmidt, no.\nRegards, Otto"))
    )
    assert finding
    assert finding.flagged_rows[1].after == "Dear [NAME_1], no.\nRegards, [NAME]"
    assert "what only an answer has one without a number" in finding.text


def test_an_address_in_many_answers_is_the_firms_own() -> None:
    mails = [(f"Is parcel {n} there?", "Please write to help@x.de, dear guest.") for n in range(10)]
    assert personal.check(replying(*mails)) is None
    finding = personal.check(replying(*mails, ("I am jo@y.de", "Write to help@x.de, jo@y.de")))
    assert finding
    assert [flagged.after for flagged in finding.flagged_rows] == [
        "I am [EMAIL_1]",
        "Write to help@x.de, [EMAIL_1]",
    ]
    assert finding.text.endswith(
        "1 address or number in many answers is taken for your own and stays."
    )
    assert personal.check(replying(*mails[:9]))


def test_an_answer_that_is_a_name_stays_one() -> None:
    finding = personal.check(
        replying(
            ("Who wrote it to jo@x.de?", "Anna Schmidt."), ("It was Otto Weber?", "Otto Weber")
        )
    )
    assert finding
    assert [(flagged.row_id, flagged.role, flagged.after) for flagged in finding.flagged_rows] == [
        (9, "prompt", "Who wrote it to [EMAIL_1]?"),
        (10, "prompt", "It was [NAME_2]?"),
        (10, "response", "[NAME_2]"),
    ]


def test_of_fields_that_are_asked_for_it_says_that_they_may_be_left_alone() -> None:
    finding = personal.check(
        replying(("mail to jo@x.de", '{"mail": "jo@x.de"}'), task="extraction", clean=False)
    )
    assert finding
    assert "Fields that are asked for would become placeholders, too" in finding.text


@pytest.mark.parametrize(
    "text",
    [
        "My name is [NAME] and my sister was born on [DATE].",
        "Name: [NAME] Date and Time of Contact: Thursday",
        "Hi my name is [NAME] I'm currently working with [LOCATION] on it.",
        "Walk past Rowan Avenue and on to Santa Monica Pier, please.",
        "We paddled down the Ross River last summer.",
        "Polls in South Carolina Falls and New York Sen. numbers came out.",
        "Make a whistle of a Rusty Cook Tin and of Paper Bell cords.",
        "Nobody wanted to be Release Master or Gold Miner again.",
        "They learn of the Maria Schmidt sequence and the Anna Schmidt effect.",
        "Is there a Maria Schmidt class on Friday?",
        "Hello My Name is not told here",
    ],
)
def test_placeholders_and_places_are_no_persons(text: str) -> None:
    assert personal.check(sorting((text, "Delivery"))) is None


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("I wrote to Kolbin Reese twice.", "I wrote to [NAME_1] twice."),
        ("I wrote to Maria Zzyzx twice.", "I wrote to [NAME_1] twice."),
        ("I heard that Maria Schmidt is ill.", "I heard that [NAME_1] is ill."),
    ],
)
def test_a_pair_with_one_known_name_is_a_person(text: str, masked: str) -> None:
    assert _masked(text) == masked
