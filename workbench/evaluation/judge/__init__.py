"""A judge: a language model that says which of two answers is better, asked by a job of its own."""
