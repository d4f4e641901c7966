"""Holds the TEMPLATE of Modelfiles against our own prompts: rendered by Go, twenty conversations each.

    python scripts/exports/ollama_template.py

Every form of talk that is known here, and the chat templates of the base models on this machine. Skipped,
with a sentence, where Go is not installed (Debian: apt install golang-go).
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from workbench.core.messages import render_prompt
from workbench.core.templates.chat_template import ChatTemplate
from workbench.models import bundled
from workbench.models.chat_forms import FORMS, PHI, PLAIN
from workbench.models.exports.modelfile import go_template
from workbench.models.exports.turn_pieces import conversations, pieces_of

PROGRAM = Path(__file__).with_name("render.go")
TOKENS = {"bos_token": "<s>", "eos_token": "</s>"}


def main() -> int:
    """Compare; 1 if a prompt differs."""
    go = shutil.which("go")
    if go is None:
        print("Skipped: Go is not installed here (Debian: apt install golang-go).")
        return 0
    wrong = [name for name, template in _templates() if not _is_same(go, name, template)]
    print(f"Different: {', '.join(wrong)}." if wrong else "All prompts are the same.")
    return bool(wrong)


def _templates() -> list[tuple[str, ChatTemplate]]:
    forms = [(f.title, ChatTemplate(f.source, TOKENS)) for f in (*FORMS, PLAIN, PHI)]
    folders = (bundled.bundled_path(name) for name in bundled.BUNDLED)
    found = [(path.name, ChatTemplate.load(path)) for path in folders if path.is_dir()]
    return [*forms, *((name, template) for name, template in found if template is not None)]


def _is_same(go: str, name: str, template: ChatTemplate) -> bool:
    pieces = pieces_of(template)
    if pieces is None:
        print(f"{name:<50} no Modelfile")
        return True
    asked = conversations()
    texts = rendered(go, go_template(pieces), asked)
    wanted = [render_prompt(messages, template) for messages in asked]
    same = sum(pair[0] == pair[1] for pair in zip(texts, wanted, strict=True))
    print(f"{name:<50} {same} of {len(asked)} the same", flush=True)
    return same == len(asked)


def rendered(go: str, template: str, asked: list[list[dict[str, str]]]) -> list[str]:
    """What Go makes of conversations: Ollama joins the system turns and hands all turns over."""
    tasks = [
        {
            "template": template,
            "system": "\n\n".join(m["content"] for m in messages if m["role"] == "system"),
            "messages": messages,
        }
        for messages in asked
    ]
    with tempfile.TemporaryDirectory() as cache:
        found = subprocess.run(
            [go, "run", str(PROGRAM)],
            input=json.dumps(tasks).encode(),
            capture_output=True,
            check=True,
            env={
                "PATH": "/usr/bin:/bin",
                "HOME": cache,
                "GOCACHE": f"{Path.home()}/.cache/go-build",
            },
        )
    texts: list[str] = json.loads(found.stdout)
    return texts


if __name__ == "__main__":
    sys.exit(main())
