"""Conversations as programs write them down: who speaks, what is said, and what is to be learned."""
