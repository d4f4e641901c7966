"""Tools that models call: calls read out of texts, which tools there are, and the form of a call."""
