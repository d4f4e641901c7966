"""Addresses and numbers of a person or an account, told from others by what they must fulfil."""

import ipaddress
import re
from bisect import bisect_right
from collections.abc import Iterator

Span = tuple[int, int, str]
"""Where it begins and ends, and the same for all its spellings."""
_EMAIL = re.compile(r"(?<![\w.+-])[\w.%+'-]*\w@(?:[\w-]+\.)+[^\W\d_]{2,24}(?![\w@])")
_CARD = re.compile(r"(?<![\w.,])\d(?:[ -]?\d){11,18}(?![\w])")
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?: ?[A-Za-z0-9]){11,30}")
_TOO_LONG = re.compile(r"\d(?:[ -]?\d){19,}")
"""More digits than any of these numbers has."""
_IP4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)")
_IP6 = re.compile(r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:])")
_VERSION = re.compile(r"(?:version|release|firmware|build|v)\.?\s*$", re.I)
_PHONE = re.compile(r"(?<![\w.,@#/-])(?:\+|00)?\(?\d(?:[\s./()-]{0,2}\d){6,14}(?![\w@]|[.,]\d)")
_DATE = re.compile(
    r"(?<!\d)(?:\d{4}[./-]\d{1,2}[./-]\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{4})(?!\d)"
    r"|(?<![\d./-])[0-3]?\d([./-])[0-3]?\d\1\d{2}(?=\s|$)"
)
_GROUPED = re.compile(r"0\d[\d\s./()-]{6,}|\(\d{2,5}\)[\d\s./-]{5,}|\d{3}[ .-]\d{3}[ .-]\d{4}")
_CALLED = re.compile(
    r"(?:phone|tel|mobile|cell|call(?: me)?|text me|ring|reach me|whatsapp|fax|sms|telefon|"
    r"handy|mobil|rufnummer|anruf\w*|téléphone|portable|teléfono|móvil|telefono|cellulare|"
    r"telefoon|telefone|telemóvel)\b[^\d\n]{0,25}$",
    re.I,
)
_COUNTED = re.compile(
    r"\b(?:ndc|isbn|ean|gtin|upc|sku|asin|order|invoice|bill|receipt|ticket|case|ref(?:erence)?|article"
    r"|item|serial|product|model|part|customer|policy|contract|bestellung|rechnung|auftrag|vorgang"
    r"|artikel|kunden|vertrags?|bestell|rechnungs|auftrags|kunde|commande|facture|pedido|factura"
    r"|gst|vat|ust|tax)(?:[ -]?(?:no|nr|num(?:ber|mer)?|nummer|code|id|reg)\b)*(?:\(s\)|[\s.:#°-])*"
    r"(?:\d{4,5}-\d{3,4}-\d{1,2}, )*$",
    re.I,
)
"""What stands before a number that counts things rather than calls somebody."""
REGIONS = ("US", "GB", "DE", "FR", "ES", "IT", "NL", "AT", "CH", "BE", "PL", "SE", "IN", "AU", "BR")
"""Where a phone number without a country code may be from."""
_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22,
    "BR": 29, "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28,
    "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23,
    "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26,
    "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20,
    "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30,
    "NL": 18, "NO": 15, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22,
    "SA": 24, "SC": 31, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "ST": 25, "SV": 28, "TL": 23,
    "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
}  # fmt: skip
"""Characters of an IBAN by country (the registry of ISO 13616)."""
_CARD_STARTS = (
    ((4, 4), (16, 19)),
    ((51, 55), (16,)),
    ((2221, 2720), (16,)),
    ((34, 34), (15,)),
    ((37, 37), (15,)),
    ((6011, 6011), (16, 19)),
    ((644, 659), (16, 19)),
    ((300, 305), (14,)),
    ((36, 36), (14,)),
    ((38, 39), (14,)),
    ((3528, 3589), (16, 19)),
    ((62, 62), (16, 17, 18, 19)),
    ((50, 50), (16, 18, 19)),
    ((56, 58), (16, 18, 19)),
    ((63, 63), (16, 18, 19)),
    ((67, 67), (16, 18, 19)),
)
"""First digits of payment cards (from, to) and how many digits these have (ISO/IEC 7812); those of
12 and 13 digits have gone out of use, and articles have as many."""


def emails(text: str) -> Iterator[Span]:
    """E-mail addresses."""
    for match in _EMAIL.finditer(text):
        yield match.start(), match.end(), match[0].casefold()


def cards(text: str) -> Iterator[Span]:
    """Numbers of payment cards: known first digits, the right length, the right check digit."""
    accounts = _Accounts(text)
    for match in _CARD.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if _is_card(digits) and match.start() not in accounts:
            yield match.start(), match.end(), digits


def _is_card(digits: str) -> bool:
    return luhn(digits) and any(
        len(digits) in lengths and low <= int(digits[: len(str(low))]) <= high
        for (low, high), lengths in _CARD_STARTS
    )


def luhn(digits: str) -> bool:
    """Whether the last digit is the check digit (Luhn 1960; ISO/IEC 7812-1, annex B)."""
    doubled = (int(digit) * 2 for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(n - 9 if n > 9 else n for n in doubled)) % 10 == 0


def ibans(text: str) -> Iterator[Span]:
    """Account numbers of a known country, its length, and the right check digits."""
    for match in _IBAN.finditer(text):
        country = match[0][:2].upper()
        length = _IBAN_LENGTHS.get(country, 0)
        places = [place for place, letter in enumerate(match[0]) if letter != " "]
        if not 0 < length <= len(places):
            continue
        end = places[length - 1] + 1
        iban = match[0][:end].replace(" ", "").upper()
        following = text[match.start() + end : match.start() + end + 1]
        if mod97(iban) and not following.isalnum():
            yield match.start(), match.start() + end, iban


def mod97(iban: str) -> bool:
    """Whether the check digits of an IBAN are right (ISO 7064, MOD 97-10)."""
    return int("".join(str(int(letter, 36)) for letter in iban[4:] + iban[:4])) % 97 == 1


class _Accounts:
    """Where in a text something looks like an account number, right or wrong."""

    def __init__(self, text: str) -> None:
        self._spans = [
            match.span() for match in _IBAN.finditer(text) if match[0][:2].upper() in _IBAN_LENGTHS
        ]
        self._spans += [match.span() for match in _TOO_LONG.finditer(text)]
        self._spans.sort()
        self._starts = [start for start, _ in self._spans]

    def __contains__(self, place: int) -> bool:
        before = bisect_right(self._starts, place)
        return any(place < end for _, end in self._spans[max(0, before - 2) : before])


def addresses(text: str) -> Iterator[Span]:
    """IP addresses that may be somebody's: not the machine's own, and no version numbers."""
    for pattern in (_IP4, _IP6):
        for match in pattern.finditer(text):
            try:
                address = ipaddress.ip_address(match[0])
            except ValueError:
                continue
            said = match[0].replace("::", ":").strip(":")
            real = not (address.is_loopback or address.is_unspecified)
            if (
                real
                and said.count(":") != 1
                and not _VERSION.search(text[max(0, match.start() - 12) : match.start()])
            ):
                yield match.start(), match.end(), str(address)


def phones(text: str) -> Iterator[Span]:
    """Phone numbers that exist by their country's plan.

    Without a country code only where grouping, a leading zero or the words before say so.
    """
    accounts = _Accounts(text)
    for match in _PHONE.finditer(text):
        said = match[0]
        before = text[max(0, match.start() - 60) : match.start()]
        if match.start() in accounts or _DATE.search(said) or _COUNTED.search(before):
            continue
        if said.startswith(("+", "00")):
            key = _valid("+" + said.removeprefix("00").removeprefix("+"), ("ZZ",))
        elif _GROUPED.fullmatch(said) or _CALLED.search(before):
            key = _valid(said, REGIONS)
        else:
            continue
        if key:
            yield match.start(), match.end(), key


def _valid(said: str, regions: tuple[str, ...]) -> str:
    """The number as it is dialled from anywhere, by the first region that has it; else ""."""
    import phonenumbers

    for region in regions:
        try:
            number = phonenumbers.parse(said, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return ""
