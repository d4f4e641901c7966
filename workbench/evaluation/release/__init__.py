"""Which version may go live, which one is, and which one was."""
