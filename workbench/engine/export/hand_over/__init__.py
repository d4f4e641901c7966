"""Scripts that go along with a model, and need nothing of this program."""
