"""The bundled SmolLM2, asked by OpenAI's client: it is itself, not a test model."""

import json
from pathlib import Path

import pytest
from openai import OpenAI

from tests.helpers import tiny
from workbench.models.bundled import bundled_path

NAME = "SmolLM2-135M-Instruct"
FOLDER = bundled_path(NAME)


@pytest.mark.skipif(not (FOLDER / "config.json").is_file(), reason="run make setup first")
def test_the_bundled_model_knows_the_capital_of_france(tmp_path: Path) -> None:
    item = tiny.entry(f"base:{NAME}", FOLDER)
    item["base"]["name"] = NAME
    (tmp_path / "models.json").write_text(json.dumps([item]))
    with tiny.running(tmp_path / "models.json", tiny.shelf()) as server:
        client = OpenAI(base_url=f"http://127.0.0.1:{server.port}/v1", api_key="none")
        chunks = list(
            client.chat.completions.create(
                model=item["id"],
                messages=[{"role": "user", "content": "What is the capital of France?"}],
                max_tokens=24,
                stream=True,
            )
        )
    assert "Paris" in "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert chunks[-1].choices[0].finish_reason == "stop"
