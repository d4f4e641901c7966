"""What the server sees of files and requests: lists that change, the log, counts, when it was of use."""
