"""Which version is live, on the Evaluate page: the gate, the history, what must pass."""
