"""What a column's name and values say that it stands for: customers, tickets, threads, dates."""

import itertools
import re
from collections.abc import Mapping

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]{2,}")
_PARTS = re.compile(r"[^a-zäöüßàáâãçèéêëìíîïñòóôõùúûœ]+")
_NOUNS = {
    "conversation": (
        "conversation thread dialog dialogue session chat unterhaltung gespräch conversación "
        "discussion references"
    ),
    "ticket": "ticket case incident issue vorgang vorgangs fall anfrage dossier caso",
    "order": (
        "order invoice contract booking policy bestellung auftrag rechnung vertrag buchung "
        "bestell vertrags rechnungs auftrags commande facture contrat pedido factura contrato ordine"
    ),
    "patient": "patient patienten patientin paciente paziente",
    "customer": (
        "customer client kunde kunden kundin user username account buyer "
        "member subscriber guest contact sender from absender author autor verfasser reviewer "
        "email mail kontakt nutzer benutzer konto mitglied cliente clientes usuario usuaria "
        "utilisateur auteur acheteur utente household company firma unternehmen empresa société "
        "lead employee mitarbeiter agent phone telefon"
    ),
    "document": "document doc file url dokument datei documento fichier article",
}
"""What a value stands for → usual words in the column's name, the narrowest first."""
_WORD_TO_NOUN = {word: noun for noun, words in _NOUNS.items() for word in words.split()}
_TAILS = (
    "id ids nr no num number nummer name key code hash ref uuid email mail address adresse handle"
)
_TAIL = frozenset(_TAILS.split())
"""What may stand behind the noun: a customer's id is the customer, a customer's mood is not."""
_NAMES = frozenset(("name", "first", "last", "full", "vorname", "nachname", "nombre", "nom"))
_DATES = (
    "date datum time zeit zeitpunkt timestamp created updated sent received day year jahr fecha "
    "jour heure hora erstellt eingang gesendet empfangen opened closed modified at when month"
)
_DATE_WORDS = frozenset(_DATES.split())


def _words(name: str) -> list[str]:
    """The words of a column's name, without what only says that it is a number."""
    text = re.sub(r"(?<=[a-zäöü])(?=[A-Z])", "_", name).casefold()
    return [word for word in _PARTS.split(text) if word]


def noun_of(name: str, values: Mapping[str, int]) -> str:
    """What the values stand for, by the name of the column or as addresses."""
    words = _words(name)
    while len(words) > 1 and words[-1] in _TAIL and not _noun(words[-1]):
        words.pop()
    if words and (noun := _noun(words[-1])):
        return _noun(words[-2]) or noun if len(words) > 1 and words[-1] in _TAIL else noun
    if words and _NAMES.issuperset(words):
        return "customer"
    some = list(itertools.islice(values, 200))
    addresses = sum(1 for value in some if _EMAIL.search(value))
    return "customer" if addresses > 0.8 * len(some) else ""


def _noun(word: str) -> str:
    if word in _WORD_TO_NOUN:
        return _WORD_TO_NOUN[word]
    for end in _TAIL:
        if word.endswith(end) and (stem := word.removesuffix(end)) in _WORD_TO_NOUN:
            return _WORD_TO_NOUN[stem]
    return _WORD_TO_NOUN.get(word.removesuffix("s"), "")


def may_be_date(name: str) -> bool:
    """Whether the name of a column says that its plain numbers are dates."""
    return not _DATE_WORDS.isdisjoint(_words(name))
