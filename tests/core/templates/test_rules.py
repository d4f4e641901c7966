"""No method or filter of a chat template is one long piece of work, whatever it is given."""

import contextlib
import logging
import multiprocessing
import resource
import time
from collections.abc import Iterator
from itertools import product

import pytest
from jinja2.filters import FILTERS as JINJA
from markupsafe import Markup

from workbench.core.errors import WorkbenchError
from workbench.core.templates.budget import SECONDS, SIZE
from workbench.core.templates.chat_template import ChatTemplate
from workbench.core.templates.rules import FILTERS, METHODS

TURNS = [{"role": "user", "content": "Where is my parcel?"}]
MOST_SECONDS, MOST_MB = 1.0, 50
EACH = 211
MOST = SIZE - SIZE // 20
SUBJECTS = {
    "text": f"'x' * {MOST}",
    "half a text": f"'x' * {MOST // 2}",
    "a quarter": f"'x' * {MOST // 4}",
    "far letters": f"'\U0001f600' * {MOST // 2}",
    "letters of several": f"'ΐ' * {MOST // 4}",
    "marks": f"'\"' * {MOST // 8}",
    "tabs": f"'\t' * {MOST // 16}",
    "words": f"'aa ' * {MOST // 9}",
    "words with dots": f"'aa.' * {MOST // 90}",
    "lines": f"'\n' * {MOST // 4}",
    "few lines": f"'\n' * {MOST // 90}",
    "digits": f"'9' * {MOST // 2}",
    "few digits": "'9' * 4000",
    "unseen letters": f"'\U000e0001' * {MOST // 14}",
    "fields": "'{}%s' * 5000",
    "numbers": f"[7] * {MOST // 40}",
    "a third of the numbers": f"[7] * {MOST // 120}",
    "few numbers": f"[7] * {MOST // 600}",
    "texts": f"['日本'] * {MOST // 40}",
    "some texts": f"['日本'] * {MOST // 200}",
    "dicts": f"[{{'a': [1]}}] * {MOST // 300}",
    "range": "range(99999)",
    "colliding": "range(0, 99999 * (2 ** 61 - 1), 2 ** 61 - 1)",
    "again and again": f"(range(0, 30000 * (2 ** 61 - 1), 2 ** 61 - 1) | list) + [0] * {MOST // 60}",
    "chosen": f"([7] * {MOST // 40}) | select",
    "nothing everywhere": f"range(99999) | map(attribute='no', default='x' * {MOST // 100})",
    "number": "2 ** 1000",
    "fraction": "1.5e300",
}
ARGUMENTS = (
    "",
    "2000000000",
    "0 - 2000000000",
    "300, 'ceil'",
    "'x'",
    f"'y' * {MOST // 8}",
    f"'', 'y' * {MOST // 8}",
    f"'x', 'y' * {MOST // 8}",
    "1, 'y' * 1000",
    "attribute='real'",
    "start=[]",
    "indent=900",
    "16",
    "range(99999) | map('string')",
    "range(99999) | map(attribute='no', default='y' * 40000)",
)


def sources() -> Iterator[str]:
    """Every name with every subject and argument."""
    names = [(f"(x | {name}(ARGS))") for name in FILTERS]
    names += [f"x.{name}(ARGS)" for rules in METHODS.values() for name in rules]
    for call, subject, arguments in product(names, SUBJECTS.values(), ARGUMENTS):
        asked = call.replace("ARGS", arguments)
        yield f"{{% set x = {subject} %}}{{% set y = {asked} %}}{{% for z in y %}}{{% endfor %}}"


def worst_of(asked: list[str]) -> tuple[float, str, float]:
    """The slowest of these templates with its seconds, and the memory of all of them, in MB."""
    logging.disable()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    slowest, name = 0.0, ""
    for source in asked:
        began = time.thread_time()
        with contextlib.suppress(WorkbenchError):
            ChatTemplate(source).render(TURNS)
        if (took := time.thread_time() - began) > slowest:
            slowest, name = took, source
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return slowest, name, grown / 1024


def test_nothing_takes_long_or_grows_whatever_it_is_given() -> None:
    """A part of all pairs, in a process whose memory nobody has used before."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        slowest, name, grown = pool.apply(worst_of, (list(sources())[::EACH],))
    assert slowest < SECONDS + MOST_SECONDS, name
    assert grown < MOST_MB


def test_every_filter_has_a_rule_or_is_refused_by_name() -> None:
    assert set(JINJA) >= set(FILTERS)
    for name in set(JINJA) - set(FILTERS):
        with pytest.raises(WorkbenchError, match=f"the filter {name}, which no conversation"):
            ChatTemplate(f"{{{{ 'x' | {name} }}}}").render(TURNS)


@pytest.mark.parametrize("value", ["'x'", "('x' | e)", "[1]", "(1,)", "{'a': 1}", "1", "1.5"])
def test_every_method_has_a_rule_or_is_refused_by_name(value: str) -> None:
    kinds = {"'": str, "(": Markup if "|" in value else tuple, "[": list, "{": dict}
    kind = kinds.get(value[0], float if "." in value else int)
    known = METHODS[str if issubclass(kind, str) else dict if kind is dict else tuple]
    for name in dir(kind):
        if name.startswith("_") or name in known or not callable(getattr(kind, name)):
            continue
        with pytest.raises(WorkbenchError) as refused:
            ChatTemplate(f"{{{{ {value}.{name}() }}}}").render(TURNS)
        assert name in str(refused.value) or "is not safely callable" in str(refused.value)
