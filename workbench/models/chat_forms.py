"""The forms in which families of models were taught to talk, for folders that bring no template.

Each is a chat template that writes what the family's own program wrote: the same text, in words of
our own. A form is known by marks that only it uses and that are in the vocabulary, by names of
models that were taught it, or by the model's type (`model_types`), in this order.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class Form:
    """How a family of models was taught to talk."""

    title: str
    """As the analyst reads it."""
    source: str
    """The chat template."""
    marks: tuple[str, ...] = ()
    """Tokens that a vocabulary has only for this form; all of them."""
    names: str = ""
    """A pattern that is found in names of models of this form."""


def _turns(user: str, assistant: str, *, system: str, before: str = "{{ bos_token }}") -> str:
    """A template of one piece for each role; `answer` ends with what tells the end."""
    return (
        before
        + "{%- for message in messages %}{% set text = message['content'] %}"
        + "{%- if message['role'] == 'user' %}{{ "
        + user
        + " }}{%- elif message['role'] == 'assistant' %}{{ "
        + assistant
        + " }}{%- else %}{{ "
        + system
        + " }}{%- endif %}{%- endfor %}"
    )


def _asking(text: str) -> str:
    """What stands at the end where an answer is to follow."""
    return "{%- if add_generation_prompt %}{{ " + text + " }}{%- endif %}"


_IN_FIRST_TURN = (
    "{%- if messages[0]['role'] == 'system' %}{% set told = messages[0]['content'] %}"
    "{% set turns = messages[1:] %}{%- else %}{% set told = '' %}{% set turns = messages %}"
    "{%- endif %}"
)
"""For forms in which the system prompt stands in the first question."""

PLAIN = Form(
    "questions and answers under plain headings",
    """\
{{ bos_token }}{% for message in messages %}
{% if message['role'] == 'assistant' %}
{{ '### Assistant:\\n' + message['content'] + eos_token + '\\n\\n' }}
{%- elif message['role'] == 'system' %}
{{ message['content'] + '\\n\\n' }}
{%- else %}
{{ '### User:\\n' + message['content'] + '\\n\\n' }}
{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
{{- '### Assistant:\\n' }}
{%- endif %}
""",
)
_BEGIN_APART = "{{ bos_token if bos_token not in ['<|im_start|>', eos_token] else '' }}"
"""The begin mark, unless it is another one's, too."""
PHI_4 = Form(
    "the form of Phi-4",
    "{%- for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '<|im_sep|>' + message['content'] + '<|im_end|>' }}"
    "{%- endfor %}" + _asking("'<|im_start|>assistant<|im_sep|>'"),
    marks=("<|im_start|>", "<|im_sep|>", "<|im_end|>"),
)
CHATML = Form(
    "the form of ChatML",
    _BEGIN_APART + "{%- for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}"
    "{%- endfor %}" + _asking("'<|im_start|>assistant\\n'"),
    marks=("<|im_start|>", "<|im_end|>"),
    names=r"orca[-_ ]?2(?![0-9])|openhermes|dolphin",
)
GEMMA = Form(
    "the form of Gemma",
    "{{ bos_token }}" + _IN_FIRST_TURN + "{%- for message in turns %}"
    "{% set head = told + '\\n\\n' if told and loop.first else '' %}"
    "{% set role = 'model' if message['role'] == 'assistant' else message['role'] %}"
    "{{ '<start_of_turn>' + role + '\\n' + head + message['content'] | trim + '<end_of_turn>\\n' }}"
    "{%- endfor %}" + _asking("'<start_of_turn>model\\n'"),
    marks=("<start_of_turn>", "<end_of_turn>"),
)
LLAMA_3 = Form(
    "the form of Llama 3",
    "{{ bos_token }}{%- for message in messages %}"
    "{{ '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n' "
    "+ message['content'] | trim + '<|eot_id|>' }}{%- endfor %}"
    + _asking("'<|start_header_id|>assistant<|end_header_id|>\\n\\n'"),
    marks=("<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"),
)
PHI_3 = Form(
    "the form of Phi-3",
    "{%- for message in messages %}"
    "{{ '<|' + message['role'] + '|>\\n' + message['content'] + '<|end|>\\n' }}"
    "{%- endfor %}" + _asking("'<|assistant|>\\n'"),
    marks=("<|user|>", "<|assistant|>", "<|end|>"),
    names=r"phi[-_ ]?3",
)
GRANITE = Form(
    "the form of Granite",
    "{%- for message in messages %}"
    "{{ '<|start_of_role|>' + message['role'] + '<|end_of_role|>' + message['content'] "
    "+ eos_token + '\\n' }}{%- endfor %}" + _asking("'<|start_of_role|>assistant<|end_of_role|>'"),
    marks=("<|start_of_role|>", "<|end_of_role|>"),
)
OPEN_ASSISTANT = Form(
    "the form of OpenAssistant",
    _turns(
        "'<|prompter|>' + text + eos_token",
        "'<|assistant|>' + text + eos_token",
        system="'<|system|>' + text + eos_token",
        before="",
    )
    + _asking("'<|assistant|>'"),
    marks=("<|prompter|>", "<|assistant|>"),
)
VICUNA = Form(
    "the form of Vicuna",
    "{{ bos_token }}"
    + _IN_FIRST_TURN
    + '{{ (told or "A chat between a curious user and an artificial intelligence assistant. '
    "The assistant gives helpful, detailed, and polite answers to the user's questions.\") + ' ' }}"
    "{%- for message in turns %}{%- if message['role'] == 'assistant' %}"
    "{{ 'ASSISTANT: ' + message['content'] + eos_token }}"
    "{%- else %}{{ 'USER: ' + message['content'] + ' ' }}{%- endif %}{%- endfor %}"
    + _asking("'ASSISTANT:'"),
    names=r"vicuna|wizardlm",
)
ALPACA = Form(
    "the form of Alpaca",
    "{{ bos_token }}"
    + _IN_FIRST_TURN
    + "{{ (told or 'Below is an instruction that describes a task. Write a response that "
    "appropriately completes the request.') + '\\n\\n' }}"
    "{%- for message in turns %}{%- if message['role'] == 'assistant' %}"
    "{{ '### Response:\\n' + message['content'] + eos_token + '\\n\\n' }}"
    "{%- else %}{{ '### Instruction:\\n' + message['content'] + '\\n\\n' }}{%- endif %}{%- endfor %}"
    + _asking("'### Response:\\n'"),
    names=r"alpaca|dolly|nous-?hermes",
)
_LLAMA_2_HEAD = (
    "{% set head = '<<SYS>>\\n' + told + '\\n<</SYS>>\\n\\n' if told and loop.first else '' %}"
)
LLAMA_2 = Form(
    "the form of Llama 2",
    _IN_FIRST_TURN
    + "{%- for message in turns %}"
    + _LLAMA_2_HEAD
    + "{%- if message['role'] == 'assistant' %}"
    "{{ ' ' + message['content'] | trim + ' ' + eos_token }}"
    "{%- else %}{{ bos_token + '[INST] ' + head + message['content'] | trim + ' [/INST]' }}"
    "{%- endif %}{%- endfor %}",
    names=r"llama[-_ ]?2(?![0-9])",
)
MISTRAL = Form(
    "the form of Mistral",
    "{{ bos_token }}" + _IN_FIRST_TURN + "{%- for message in turns %}"
    "{% set head = told + '\\n\\n' if told and loop.first else '' %}"
    "{%- if message['role'] == 'assistant' %}{{ ' ' + message['content'] | trim + eos_token }}"
    "{%- else %}{{ '[INST] ' + head + message['content'] + ' [/INST]' }}{%- endif %}{%- endfor %}",
    marks=("[INST]", "[/INST]"),
    names=r"mi[sx]tral",
)
ZEPHYR = Form(
    "the form of Zephyr",
    "{%- for message in messages %}"
    "{{ '<|' + message['role'] + '|>\\n' + message['content'] + eos_token + '\\n' }}"
    "{%- endfor %}" + _asking("'<|assistant|>\\n'"),
    names=r"zephyr|tinyllama.*chat",
)
TULU = Form(
    "the form of Tulu",
    "{{ bos_token }}"
    + _turns(
        "'<|user|>\\n' + text + '\\n'",
        "'<|assistant|>\\n' + text + eos_token + '\\n'",
        system="'<|system|>\\n' + text + '\\n'",
        before="",
    )
    + _asking("'<|assistant|>\\n'"),
    names=r"tulu|olmo.*(instruct|sft|dpo)",
)
FALCON = Form(
    "the form of Falcon",
    _turns(
        "'User: ' + text | trim + '\\n\\n'",
        "'Assistant: ' + text | trim + eos_token + '\\n\\n'",
        system="text | trim + '\\n\\n'",
        before="",
    )
    + _asking("'Assistant:'"),
    names=r"falcon.*instruct",
)
PHI = Form(
    "the form of Phi-2",
    _turns(
        "'Instruct: ' + text + '\\n'",
        "'Output: ' + text + eos_token + '\\n'",
        system="text + '\\n'",
        before="",
    )
    + _asking("'Output:'"),
)
FORMS = (GEMMA, LLAMA_3, GRANITE, OPEN_ASSISTANT, PHI_4, CHATML, PHI_3, VICUNA, ALPACA, LLAMA_2, ZEPHYR,
         TULU, FALCON, MISTRAL)  # fmt: skip
"""Those that are known by their marks or names, in the order in which they are looked for."""


MARKS = frozenset(mark for form in FORMS for mark in form.marks)
"""All that a form is known by."""


def form_by_marks(marks: Collection[str]) -> Form | None:
    """The form that a vocabulary with these of `MARKS` is for; None without one."""
    return next((f for f in FORMS if f.marks and set(f.marks) <= set(marks)), None)


def form_by_name(names: Collection[str]) -> Form | None:
    """The form of a model that has one of these names; None if they tell none."""
    return next(
        (f for f in FORMS if f.names and any(re.search(f.names, n, re.I) for n in names)), None
    )
