"""How other programs on this machine get answers: address, key, model id, and code to copy."""

import streamlit as st

from workbench.ui.text import code
from workbench.use import server_key
from workbench.use.playground import Answerer

_CURL = """curl {url}/v1/chat/completions \\{key}
  -H "Content-Type: application/json" \\
  -d '{{"model": "{model}", "messages": [{{"role": "user", "content": "Hello"}}]}}'"""
_CURL_SORT = """curl {url}/v1/classify \\{key}
  -H "Content-Type: application/json" \\
  -d '{{"model": "{model}", "input": "Hello"}}'"""
_CURL_KEY = """
  -H "Authorization: Bearer {key}" \\"""
_PYTHON = """from openai import OpenAI  # pip install openai

client = OpenAI(base_url="{url}/v1", api_key="{key}")
reply = client.chat.completions.create(
    model="{model}",
    messages=[{{"role": "user", "content": "Hello"}}],
)
print(reply.choices[0].message.content)"""


def use_from_programs(answerer: Answerer, url: str | None) -> None:
    """An expander for the colleague who writes programs."""
    run = str(answerer.run_id) if answerer.run_id else answerer.id
    with st.expander("Use it from your own programs", icon=":material/code:", key="programs"):
        if url is None:
            st.write("The address is shown here once the model is loaded.")
            return
        st.markdown(
            f"Programs on this machine reach the model at {code(url + '/v1')} under the id "
            f"{code(answerer.id)}, in the way they would ask OpenAI's server. The address is new "
            "each time the model is loaded; for one that stays, run "
            f"{code(f'python -m workbench serve --run {run} --port 8800')}."
        )
        key = server_key.key()
        if key:
            st.write("The server answers whoever sends its key, which stays the same:")
            st.code(key, language=None)
        terminal, python = st.tabs(["Terminal", "Python"])
        example = _CURL_SORT if answerer.sorts else _CURL
        said = _CURL_KEY.format(key=key) if key else ""
        terminal.code(example.format(url=url, model=answerer.id, key=said), language="bash")
        python.code(
            _PYTHON.format(url=url, model=answerer.id, key=key or "none"), language="python"
        )
