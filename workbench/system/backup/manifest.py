"""What a backup says about itself: its manifest, read with distrust."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from storage import schema

FORMAT = 1
KIND, PROJECT = "slm-workbench-backup", "slm-workbench-project"
"""A backup of everything, and one project in a file."""
MANIFEST = "manifest.json"
MOST_BYTES = 100_000_000
"""Of the manifest itself: half a million files."""
_MEMBER = re.compile(
    r"(rows/\w+\.jsonl|objects/([0-9a-f]{2})/\2[0-9a-f]{62}|jobs/[0-9]+/.+|models/.+)", re.ASCII
)
_DIGEST = re.compile(r"[0-9a-f]{64}")


class NoBackup(Exception):
    """A file that is none at all."""


class OtherKind(Exception):
    """A project where a backup was wanted, or the other way round."""


class Newer(Exception):
    """A backup that a newer version made."""


@dataclass
class Manifest:
    """What a backup says about itself."""

    home: str
    """The home's path where the backup was made."""
    schema: str
    created_at: str
    """ISO 8601, UTC."""
    bundled: dict[str, str] = field(default_factory=dict)
    """Where the models that come with the install were."""
    counts: dict[str, int] = field(default_factory=dict)
    """Table → rows."""
    files: dict[str, list[Any]] = field(default_factory=dict)
    """Member → its size in bytes and its sha256."""
    format: int = FORMAT
    kind: str = KIND


def parsed(text: bytes, kind: str | None = KIND) -> Manifest:
    """The manifest in a text; with None as kind that of a backup or of a project.

    Raises:
        NoBackup: it is that of something else.
        OtherKind: it is not of this kind.
        Newer: a newer version wrote it.
        ValueError: it is damaged; says where.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise NoBackup from None
    if not isinstance(found, dict) or found.get("kind") not in (KIND, PROJECT):
        raise NoBackup
    if kind is not None and found["kind"] != kind:
        raise OtherKind
    number, known = found.get("format"), found.get("schema")
    if not isinstance(number, int) or not isinstance(known, str):
        raise ValueError("its format is not told")
    if number > FORMAT or not schema.knows(known):
        raise Newer
    try:
        manifest = Manifest(**found)
    except TypeError:
        raise ValueError("its list of contents is not whole") from None
    _check(manifest)
    return manifest


def _check(manifest: Manifest) -> None:
    home = manifest.home
    if not isinstance(home, str) or not home.startswith("/") or not home.strip("/"):
        raise ValueError("the place of its home is not told")
    texts = isinstance(manifest.bundled, dict) and all(
        isinstance(place, str) and place.startswith("/") for place in manifest.bundled.values()
    )
    counted = isinstance(manifest.counts, dict) and all(map(_is_size, manifest.counts.values()))
    if not texts or not counted or not isinstance(manifest.files, dict):
        raise ValueError("its list of contents is not whole")
    for name, about in manifest.files.items():
        if not _is_member(name):
            raise ValueError(f"{name[:200]!r} is no name that a backup has")
        if not _is_told(about):
            raise ValueError(f"{name[:200]} is not as the list of contents says")


def _is_told(about: Any) -> bool:
    whole = isinstance(about, list) and len(about) == 2 and _is_size(about[0])
    return whole and isinstance(about[1], str) and bool(_DIGEST.fullmatch(about[1]))


def _is_size(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_member(name: str) -> bool:
    parts = name.split("/")
    odd = "\\" in name or "\0" in name
    return bool(_MEMBER.fullmatch(name)) and not {"", ".", ".."} & set(parts) and not odd
