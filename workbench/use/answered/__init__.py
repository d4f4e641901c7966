"""Files that a model answers: asked, answered, written, brought back."""
