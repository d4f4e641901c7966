"""Take it elsewhere: what it may become, whether it answers there as here, and what was made."""
