"""Where this program's own files lie."""

from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
"""The folder with app.py, `workbench/` and `storage/`: every process is started in it."""
