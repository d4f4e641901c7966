"""What the curves of a training say, in a sentence, and the one change worth trying."""
