"""The hub's token, or a key, in the process of a job: read once from the pipe that the worker filled."""

import os
from functools import cache

from workbench.jobs.process.job_dir import TOKEN_VARIABLE

HUB = "hub"
"""What the token is called among the secrets of the home."""
LONGEST = 4096
"""Bytes of a token: what every system's pipe takes without anybody who reads."""
BY_USER = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
"""Environment variables of the hub's own programs; what they say comes first."""


def in_environment() -> bool:
    """Whether the user has named a token in the environment."""
    return any(os.environ.get(name, "").strip() for name in BY_USER)


def handed_over() -> str | None:
    """The token that this process was given; None leaves it to the hub's own ways to find one."""
    return None if in_environment() else given() or None


@cache
def given() -> str:
    """What the worker filled the pipe with: the hub's token, or of a job that asks an address of the
    user's the key for that (`address_key`); empty where it is none of these.
    """
    number = os.environ.pop(TOKEN_VARIABLE, "")
    if not number:
        return ""
    with os.fdopen(int(number), "rb") as pipe:
        return pipe.read(LONGEST).decode()
