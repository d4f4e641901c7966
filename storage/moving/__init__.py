"""The rows of one project, taken out of a database and put into another one."""
