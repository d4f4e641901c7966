"""A chat template from the net cannot work without end, nor speak to the reader in Markdown."""

import resource
import time

import pytest

from workbench.core.errors import WorkbenchError
from workbench.core.templates.chat_template import ChatTemplate

TURNS = [{"role": "user", "content": "Where is my parcel? secret"}]
LONG = "{% set x = ['x' * 1000000] %}"
HOSTILE = {
    "endless loop": "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "endless test": (
        "{% for a in range(99999) %}{% for b in range(99999) if b < 0 %}{% endfor %}{% endfor %}"
    ),
    "endless recursion of a loop": (
        "{% for a in range(9999) recursive %}{{ loop(range(9999)) }}{% endfor %}"
    ),
    "endless macros": (
        "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}"
    ),
    "endless recursion": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "times": "{{ 'x' * 200000000 }}",
    "times the other way": "{{ 200000000 * 'x' }}",
    "list times": "{{ ([0] * 200000000) | length }}",
    "doubled": (
        "{% set n = namespace(x='xxxxxxxx') %}{% for i in range(99) %}"
        "{% set n.x = n.x ~ n.x %}{% endfor %}"
    ),
    "added": (
        "{% set n = namespace(x='xxxxxxxx') %}{% for i in range(99) %}"
        "{% set n.x = n.x + n.x %}{% endfor %}"
    ),
    "doubled list": (
        "{% set n = namespace(x=[1]) %}{% for i in range(99) %}{% set n.x = [n.x, n.x] %}"
        "{% endfor %}{{ n.x }}"
    ),
    "compared lists": (
        "{% set n = namespace(x=[1], y=[1]) %}{% for i in range(99) %}{% set n.x = [n.x, n.x] %}"
        "{% set n.y = [n.y, n.y] %}{% endfor %}{{ n.x == n.y }}"
    ),
    "nested namespaces": (
        "{% set n = namespace(x=namespace()) %}{% for i in range(60) %}"
        "{% set n.x = namespace(a=n.x, b=n.x) %}{% endfor %}{{ n.x }}{{ 1 / 0 }}"
    ),
    "doubled dict": (
        "{% set n = namespace(x=1) %}{% for i in range(99) %}{% set n.x = dict(a=n.x, b=n.x) %}"
        "{% endfor %}{{ n.x | tojson }}"
    ),
    "block": (
        "{% set x = 'x' * 1000000 %}{% set y %}{% for i in range(9999) %}{{ x }}{% endfor %}"
        "{% endset %}"
    ),
    "data": ("{% set y %}{% for i in range(99999) %}" + "x" * 10_000 + "{% endfor %}{% endset %}"),
    "output": "{% for i in range(99999) %}" + "x" * 10_000 + "{% endfor %}",
    "center": "{{ 'x' | center(2000000000) }}",
    "center by method": "{{ 'x'.center(2000000000) }}",
    "ljust": "{{ 'x'.ljust(2000000000) }}",
    "zfill": "{{ 'x'.zfill(2000000000) }}",
    "expandtabs": "{{ '\t'.expandtabs(2000000000) }}",
    "indent": "{{ 'a\nb' | indent(2000000000) }}",
    "indent by name": "{{ 'a\nb' | indent(width=2000000000) }}",
    "tojson": "{{ [1, [2]] | tojson(indent=2000000000) }}",
    "percent": "{{ '%2000000000d' % 1 }}",
    "percent star": "{{ '%*d' % (2000000000, 1) }}",
    "format filter": "{{ '%2000000000d' | format(1) }}",
    "format star": "{{ '%*d' | format(2000000000, 1) }}",
    "format method": "{{ '{:2000000000}'.format(1) }}",
    "format nested": "{{ '{:{}}'.format(1, 2000000000) }}",
    "format nested text": "{{ '{:{}}'.format(1, '2000000000') }}",
    "format map": "{{ '{a:{b}}'.format_map({'a': 1, 'b': 2000000000}) }}",
    "join": LONG + "{{ x * 1000 | int | join }}{{ (x * 7) | join('x' * 1000000) }}",
    "join by method": LONG + "{{ ('x' * 1000000).join('x' * 1000000) }}",
    "replace": "{{ ('x' * 100000) | replace('x', 'y' * 100000) }}",
    "replace nothing": "{{ ('x' * 100000).replace('', 'y' * 100000) }}",
    "sum": "{{ ([[1] * 1000] * 900) | sum(start=[]) | length }}{{ 1 / 0 }}",
    "batch": "{{ [1] | batch(2000000000, 'x') | list | length }}",
    "slice": "{{ [1] | slice(2000000000) | list | length }}",
    "power": "{{ 10 ** (10 ** 10) }}",
    "power of negative": "{{ (0 - 10) ** 1000000000 }}",
    "shift by times": (
        "{% set n = namespace(x=9) %}{% for i in range(99) %}{% set n.x = n.x * n.x %}{% endfor %}"
    ),
    "to bytes": "{{ (1).to_bytes(2000000000) | length }}",
    "lorem": "{{ lipsum(n=100000) }}",
    "division": "{{ 1 / 0 }}",
    "modulo": "{{ 1 % 0 }}",
    "types": "{{ 1 + 'a' }}",
    "key": "{{ messages[9].content.x.y }}",
    "overflow": "{{ 10.0 ** 1000 }}",
    "include": "{% include 'x' %}",
    "deep": "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    "nested": "{% if 1 %}" * 3000 + "{% endif %}" * 3000,
    "long": "{{ 1 }}" * 100_000,
    "many parts": "{{ a }}" * 8000,
    "filter": "{{ 'x' | nothing }}",
    "long rounding": "{{ 1.5 | round(100000000, 'ceil') }}",
    "long numbers": "{{ ([10 ** 4299] * 90000) | string }}",
    "numbers that are kept": (
        "{% set n = namespace(p=1) %}{% for i in range(99999) %}"
        "{% set n.p = namespace(p=n.p, v=2 ** 1000 + i) %}{% endfor %}{{ 1 / 0 }}"
    ),
    "colliding keys": (
        "{% for i in range(999) %}{% set d = {"
        + ",".join(f"{k * (2**61 - 1)}:0" for k in range(1, 2200))
        + "} %}{% endfor %}"
    ),
    "width out of a list": "{{ '{:{1[5000]}}'.format(1, [1] * 5000 + [900000000]) }}",
    "letters as a list": "{{ ('日' * 3000000) | list | length }}{{ 1 / 0 }}",
    "letters joined": "{{ ','.join('日' * 1500000) | length }}{{ 1 / 0 }}",
    "letters sorted": "{{ ('日本' * 1000000) | sort | length }}{{ 1 / 0 }}",
    "generators joined": (
        "{{ ','.join(range(9999) | map(attribute='no', default='x' * 1000000)) | length }}"
    ),
    "groups of long names": "{{ [7] * 6000 | list | groupby('x', 'y' * 475000) }}",
    "chained filters": "{{ range(99999)" + " | select" * 80 + " | list | length }}",
    "comparing again and again": (
        "{% set x = [0] * 100000 %}{% set y = [0] * 100000 %}"
        "{% for i in range(99999) %}{% if x == y and x is eq(y) %}{% endif %}{% endfor %}"
    ),
    "a loop that compares": (
        "{% set x = [0] * 100000 %}{% set y = [0] * 100000 %}{% for i in range(99999) %}"
        "{{ loop.changed(x if i % 2 else y) }}{% endfor %}"
    ),
    "slices": (
        "{% set x = '日' * 3000000 %}{% for i in range(99999) %}{% set y = x[::-1] %}{% endfor %}"
    ),
    "padded marks": "{{ ('a' | e).center(2000000000) }}",
    "no method of ours": "{{ 'x'.encode('utf-32') }}",
    "unfinished": "{{ '",
    "strftime": "{{ strftime_now('%Y' * 9000000) }}",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_template_is_stopped_with_a_sentence(name: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.thread_time()
    with pytest.raises(WorkbenchError, match="chat template") as refused:
        ChatTemplate(HOSTILE[name]).render(TURNS)
    assert time.thread_time() - began < 3
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 300


def test_what_a_template_raises_is_shown_in_plain_words() -> None:
    source = (
        "{{ raise_exception('![x](http://127.0.0.1:9/?q=' ~ messages[0].content ~ ') <b> `a` **b** '"
        " ~ 'www.example.com :smile: $x$ ' ~ 'long' * 99) }}"
    )
    with pytest.raises(WorkbenchError) as refused:
        ChatTemplate(source).render(TURNS)
    said = str(refused.value).partition("saying:")[2].partition(": check")[0]
    assert "127 0 0 1 9" in said
    assert not set(said) & set("![]()<>`*_$:/.~#&\\|")


@pytest.mark.parametrize("name", ["tabs", "steps"])
def test_long_conversations_stay_within_the_limits(name: str) -> None:
    turns = [{"role": "user", "content": "word " * 200}] * 1000 if name == "steps" else [
        {"role": "user", "content": "\t" * 3_000_000}
    ]  # fmt: skip
    source = (
        "{% for m in messages %}{% if m.role == 'user' and (loop.first or m.content | trim) %}"
        "{{ '<|user|>' + m['content'] | string ~ '\n' }}{% endif %}{% endfor %}"
    )
    assert ChatTemplate(source).render(turns).count("<|user|>") == len(turns)


def test_one_rendering_takes_nothing_from_the_next() -> None:
    template = ChatTemplate("{% for i in range(90000) %}{% endfor %}{{ messages[0].content }}")
    for _ in range(15):
        assert template.render(TURNS) == TURNS[0]["content"]
