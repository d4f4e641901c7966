"""Question by question: the table of an exam's rows, and one of them in full."""
