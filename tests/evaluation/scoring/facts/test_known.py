"""What of an answer is invented: believable answers of a shop, a landlord, a clinic and an office."""

from pathlib import Path

import pytest

from workbench.evaluation.scoring.facts.known import Known

SHOP = """Hello Anna Berg, delivery takes 3-5 working days and is free from 40 euros. Below that it
costs 4.90 euros; express costs 6,90 €. Order before 14:00. Returns within 30 days, the label is at
www.lumen.example/returns or write to help@lumen.example. The shop in Leeds is open on Saturday from
10 am to 4 pm. Your order LM-20415 left us on 3 May. A lamp weighs 1.5 kg. Kind regards, Tom, Lumen.
A refund takes up to two weeks. We are closed on 24 December 2024. The oak stand is 1,250.00 euros.
Call 0113 496 0182 if need be. You get 15 % off with the code SPRING15."""
QUESTION = "Hi, this is Priya Nair. My order 77120 of 12 June cost 58.40 euros. Where is it?"

TRUE = [
    "Delivery takes three to five working days.",
    "It is free from €40, below that it costs EUR 4,90.",
    "Express is 6.90 euros.",
    "Express is 6.90€ and delivery 4.90 Euro.",
    "Please order before 2 pm.",
    "Please order before 2:00 p.m. or 14.00 Uhr.",
    "You can return it within 30 days. The label: https://lumen.example/returns.",
    "Write to help@lumen.example, or look at lumen.example.",
    "The shop in Leeds opens on Saturdays at 10:00 and closes at 16:00.",
    "Your order LM-20415 left us on May 3rd.",
    "Your order LM20415 left us on the 3rd of May.",
    "Your order LM-77120 of June 12 was 58,40 €.",
    "Dear Priya, we are sorry, Ms. Nair. Tom's colleague looks into it.",
    "The refund takes up to 2 weeks.",
    "We are closed on 24/12/2024 and 2024-12-24.",
    "The stand costs 1.250 euros, that is 1250 euros, or 1 250 €.",
    "Call us at +44 113 496 0182.",
    "With SPRING15 you save 15 percent, or 15%.",
    "There are 2 ways: 1. wait, 2. write to us. I think one of them helps.",
    "Thank you for your message. Please note that We cannot say more. PLEASE wait.",
    "Kind Regards, Your Lumen Team",
    "What Happens Next With Your Order\nWe look into it.",
    "That is no trouble, just a day or a week of patience, 24/7.",
    "",
]
INVENTED = [
    ("Packing costs 2.50 euros.", ["2.50 euros"]),
    ("Delivery takes 7 working days.", ["7 working days"]),
    ("Delivery takes 3-6 working days.", ["6 working days"]),
    ("Delivery takes six days.", ["six days"]),
    ("It costs £4.90.", ["£4.90"]),
    ("It costs 30 euros.", ["30 euros"]),
    ("You get 20 % off.", ["20 %"]),
    ("Please order before 15:00.", ["15:00"]),
    ("Please order before 5 pm.", ["5 pm"]),
    ("It left us on 4 May.", ["4 May"]),
    ("It left us on May 21st.", ["May 21st"]),
    ("We are closed on 25.12.2024.", ["25.12.2024"]),
    ("It arrives on Thursday.", ["Thursday"]),
    ("My colleague Olivia Stone will call you.", ["Olivia Stone"]),
    ("Best wishes, Margaret", ["Margaret"]),
    ("We send it with DHL from Bristol.", ["DHL", "Bristol"]),
    ("Your order LM-20416 is on its way.", ["LM-20416"]),
    ("Your parcel is 00340434161094.", ["00340434161094"]),
    ("Write to tom@lumen.example.", ["tom@lumen.example"]),
    ("The form is at lumen.example/forms/refund.", ["lumen.example/forms/refund"]),
    ("See www.lampworld.example for more.", ["www.lampworld.example"]),
    ("Call us at 020 7946 0991.", ["020 7946 0991"]),
    ("The lamp weighs 2 kg.", ["2 kg"]),
    ("It was founded in 1987.", ["1987"]),
    ("Mr. Hargreaves will help.", ["Hargreaves"]),
]
ABROAD = [
    ("Die Lieferung kostet 4,90 € und dauert 3 Werktage. Der Versand ist bei uns gratis.", []),
    ("Die Lieferung kostet 5,90 € und dauert 8 Tage.", ["5,90 €", "8 Tage"]),
    ("Wir haben die Lampe am 3. Mai und am 24. Dezember verschickt.", []),
    ("Wir haben die Lampe am 9. März an Sie verschickt und bitten um Geduld.", ["9. März"]),
    ("Sie erreichen Frau Lindner in der Werkstatt, wir sind bis 14 Uhr für Sie da.", ["Lindner"]),
    ("La livraison coûte 4,90 euros et prend trois jours.", []),
    ("La livraison coûte 7,50 euros et prend dix jours.", ["7,50 euros", "dix jours"]),
    ("El pedido salió el 3 de mayo y tarda 5 días.", []),
    ("El pedido salió el 8 de mayo.", ["8 de mayo"]),
    ("De bestelling kost 4,90 euro en komt binnen 3 dagen.", []),
    ("配送需要3天，费用为40€。", []),
    ("配送需要9天，5月3日发货。", ["9天"]),
    ("Доставка занимает 30 дней, магазин в Саратове.", ["Саратове"]),
]


@pytest.fixture(scope="module")
def known() -> Known:
    return Known.of([SHOP])


@pytest.mark.parametrize("answer", TRUE)
def test_what_was_told_is_not_marked_however_it_is_written(known: Known, answer: str) -> None:
    assert known.invented_texts(answer, QUESTION) == []


@pytest.mark.parametrize(("answer", "marked"), INVENTED)
def test_what_nobody_told_is_marked(known: Known, answer: str, marked: list[str]) -> None:
    assert known.invented_texts(answer, QUESTION) == marked


@pytest.mark.parametrize(("answer", "marked"), ABROAD)
def test_other_languages_are_at_least_not_wrong(
    known: Known, answer: str, marked: list[str]
) -> None:
    assert known.invented_texts(answer, QUESTION) == marked


def test_places_are_those_in_the_answer(known: Known) -> None:
    answer = "Packing costs 2.50 euros, says Olivia Stone."
    assert [answer[a:b] for a, b in known.invented(answer)] == ["2.50 euros", "Olivia Stone"]


def test_what_is_known_is_kept_without_a_readable_word(known: Known, tmp_path: Path) -> None:
    known.write(path := tmp_path / "known")
    assert Known.read(path) == known
    assert b"anna" not in path.read_bytes().lower()


def test_a_damaged_file_tells_nothing(tmp_path: Path) -> None:
    path = tmp_path / "known"
    assert Known.read(path) is None
    path.write_bytes(b"odd")
    assert Known.read(path) is None
