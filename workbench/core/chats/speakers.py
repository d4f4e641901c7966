"""Who speaks in a turn: the names that programs and people give the two sides."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

SYSTEM, USER, ASSISTANT = "system", "user", "assistant"
CALL, RESULT = "call", "result"
"""A turn that is the call of a tool, and one that is what a tool gave back."""

_NAMES = {
    SYSTEM: "system developer",
    USER: (
        "user human prompter customer client caller visitor guest patient student learner asker "
        "enduser requester questioner consumer shopper buyer seeker"
    ),
    ASSISTANT: (
        "assistant gpt chatgpt bot model ai agent chatbot support advisor adviser representative "
        "rep operator helpdesk service consultant tutor teacher counselor counsellor therapist "
        "doctor csr wizard recommender"
    ),
    CALL: "function_call tool_call tool_calls",
    RESULT: (
        "tool function observation tool_response tool_responses tool_result ipython "
        "function_response environment"
    ),
}
_ROLES = {name: role for role, names in _NAMES.items() for name in names.split()}
_KEYS = ("role", "from", "speaker", "author", "sender", "who", "participant", "sender_type", "type")
_TYPES = ("human", "ai", "system", "user", "assistant", "tool")
"""What `type` is in a turn; elsewhere it may be the type of anything."""
_LONGEST = 60
"""A longer name tells nothing."""
_PARTS = re.compile(r"[^a-z]+")


def role_of(name: str) -> str:
    """The side of a speaker, one of the words above; empty where the name does not tell.

    "Support agent" and "customer service" are the side that their last word is of.
    """
    return _role_of(name) if len(name) <= _LONGEST else ""


@lru_cache(4096)
def _role_of(name: str) -> str:
    plain = name.strip().lower()
    if plain in _ROLES:
        return _ROLES[plain]
    words = [word for word in _PARTS.split(plain) if word]
    return _ROLES.get(words[-1], "") if words else ""


def speaker_in(item: Mapping[str, Any]) -> str:
    """The name of who speaks in a turn; empty if the turn does not tell."""
    for key in _KEYS:
        value = item.get(key)
        if isinstance(value, dict):
            value = value.get("role") or value.get("name")
        if isinstance(value, str) and value.strip() and (key != "type" or value in _TYPES):
            return value.strip()
    return ""


def keys_of_speakers() -> tuple[str, ...]:
    """The keys of a turn that tell who speaks."""
    return _KEYS
