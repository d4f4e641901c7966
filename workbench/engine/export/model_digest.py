"""What a trained model is known by: a digest of its files."""

import hashlib
from pathlib import Path

_LEFT = (".log", ".md")


def model_digest(folder: Path) -> str:
    """The sha256 of all files of a trained model, by name and content."""
    whole = hashlib.sha256()
    for file in sorted(folder.iterdir()):
        if file.is_file() and file.suffix not in _LEFT:
            with file.open("rb") as handle:
                whole.update(
                    f"{file.name} {hashlib.file_digest(handle, 'sha256').hexdigest()}\n".encode()
                )
    return whole.hexdigest()
