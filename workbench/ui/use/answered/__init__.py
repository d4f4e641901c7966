"""Answer a file: chosen, looked at, answered, taken away, brought back."""
