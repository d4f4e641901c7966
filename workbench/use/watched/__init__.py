"""A folder whose new files are answered by themselves."""
