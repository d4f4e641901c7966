"""Accounts: who signs in, with what, and who may invite whom; all of it off until a person exists."""
