"""The model server: answers over HTTP on this machine only, in OpenAI's format."""
