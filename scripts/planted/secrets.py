"""Invented personal data: what stands before it, the thing itself, and what stands after."""

import random
from collections.abc import Callable


def _iban(rng: random.Random) -> tuple[str, str, str]:
    country, length = rng.choice((("DE", 18), ("AT", 16), ("ES", 20), ("BE", 12), ("PL", 24)))
    bban = "".join(rng.choices("0123456789", k=length))
    iban = f"{country}{_check_digits(country, bban)}{bban}"
    spaced = " ".join(iban[i : i + 4] for i in range(0, len(iban), 4))
    return "Please pay it to ", rng.choice((iban, spaced)), rng.choice((" instead.", ".", ""))


def _check_digits(country: str, bban: str) -> str:
    digits = "".join(str(int(letter, 36)) for letter in f"{bban}{country}00")
    return f"{98 - int(digits) % 97:02d}"


def _wrong_iban(rng: random.Random) -> tuple[str, str, str]:
    before, iban, after = _iban(rng)
    return before, f"{iban[:-1]}{(int(iban[-1]) + 1) % 10}", after


def _card(rng: random.Random) -> tuple[str, str, str]:
    start, length = rng.choice((("4", 16), ("53", 16), ("2345", 16), ("37", 15), ("6011", 16)))
    body = start + "".join(rng.choices("0123456789", k=length - len(start) - 1))
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(body))]
    number = f"{body}{-sum(n // 10 + n % 10 for n in doubled) % 10}"
    spaced = " ".join(number[i : i + 4] for i in range(0, len(number), 4))
    said = rng.choice((number, spaced, spaced.replace(" ", "-")))
    return "The number is ", said, rng.choice((", exp 11/29", ".", ""))


def _wrong_card(rng: random.Random) -> tuple[str, str, str]:
    before, card, after = _card(rng)
    return before, f"{card[:-1]}{(int(card[-1]) + 1) % 10}", after


def _email(rng: random.Random) -> tuple[str, str, str]:
    first, last = rng.choice(PEOPLE).lower().replace("'", "").split(" ", 1)
    local = rng.choice((f"{first}.{last}", f"{first}_{rng.randint(1, 99)}", f"{first[0]}{last}+x"))
    host = rng.choice(("mail.example", "gmail.com", "web.de", "post.co.uk", "sub.firm-a.org"))
    return rng.choice(("Write to ", "I am ", "<")), f"{local.replace(' ', '')}@{host}", "."


def _phone(rng: random.Random) -> tuple[str, str, str]:
    import phonenumbers as library

    region = rng.choice(("US", "GB", "DE", "FR", "ES", "IT", "NL", "AT", "CH", "IN"))
    example = library.example_number_for_type(region, library.PhoneNumberType.MOBILE)
    while True:
        tail = "".join(rng.choices("0123456789", k=5))
        number = library.PhoneNumber(
            example.country_code, int(f"{example.national_number}"[:-5] + tail)
        )
        if library.is_valid_number(number):
            break
    forms = library.PhoneNumberFormat
    form = rng.choice((forms.INTERNATIONAL, forms.NATIONAL, forms.E164))
    before = rng.choice(("Call me at ", "My phone is ", "Mobile: "))
    return before, library.format_number(number, form), rng.choice((".", " please", ""))


def _address(rng: random.Random) -> tuple[str, str, str]:
    if rng.random() < 0.7:
        return "I logged in from ", ".".join(str(rng.randint(128, 223)) for _ in range(4)), "."
    return (
        "My address is ",
        "2001:db8:" + ":".join(f"{rng.randint(1, 65535):x}" for _ in range(6)),
        "",
    )


def _name(rng: random.Random) -> tuple[str, str, str]:
    name = rng.choice(PEOPLE)
    first, last = name.split(" ", 1)
    return rng.choice(
        (
            ("My name is ", name, "."),
            ("Kind regards, ", name, ""),
            ("Thanks,\n", name, ""),
            ("Dear Mrs ", last, ", please answer."),
            ("Dear ", first, ", please answer."),
            ("I spoke to Mr. ", last, " yesterday."),
            ("Please ask ", name, " about it."),
            ("From: ", name, ""),
        )
    )


_NAMES = (
    "Anna Schmidt,Peter Novak,Maria Garcia,John Smith,Fatima Al-Sayed,Sofie Van Damme,Luca Rossi,"
    "Ginevra Colombo,Emma Johnson,Olivier Dupont,Chloe Martin,Lars Andersson,Katarzyna Kowalska,"
    "Priya Sharma,Mehmet Yilmaz,Elif Demir,James O'Connor,Hannah Weber,Joao Silva,Ana Pereira,"
    "Miguel Torres,Isla Drummond,Otto Steinbrecher,Jan de Vries,Eva Horvath,Andrei Popescu,"
    "Mikkel Jensen,Aino Virtanen,Rajesh Kumar,Grace Okafor,David Cohen,Yara Mansour,Wei Zhang,"
    "Thomas Müller,Claire Lefèvre,Zoë Baker,Nils Berg,Paula Fernández,Kenji Tanaka,Laura Bianchi"
)
PEOPLE = _NAMES.split(",")
MADE: dict[str, Callable[[random.Random], tuple[str, str, str]]] = {
    "e-mail addresses": _email,
    "IBANs": _iban,
    "IBANs with a wrong check digit": _wrong_iban,
    "card numbers": _card,
    "card numbers with a wrong check digit": _wrong_card,
    "phone numbers": _phone,
    "IP addresses": _address,
    "names": _name,
}
