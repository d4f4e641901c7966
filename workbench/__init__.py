"""The SLM Workbench: teach a small language model your domain, on your own machine."""

VERSION = "0.1.0"
"""As pyproject.toml has it."""
