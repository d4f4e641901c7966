"""Rows of an exam: what stands beside them, who taught them, and which answers were wrong."""
