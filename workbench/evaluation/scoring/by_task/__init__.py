"""Scores of one sort of task each: categories, yes or no, texts, fields."""
