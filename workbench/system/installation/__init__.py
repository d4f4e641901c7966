"""The installation as whoever looks after it sees it: what works, what is wrong, what takes space."""
