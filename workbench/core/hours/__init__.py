"""Hours of a clock on the wall, in which something is done or not."""
