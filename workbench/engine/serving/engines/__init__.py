"""Who computes the tokens of an answer: transformers' own loop, or ours, which batches."""
