"""Who is signed in: the door before the app, the pages before it, and one's own account."""
