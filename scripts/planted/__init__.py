"""What is planted: into BANKING77, and how much of it the checkup finds; damage, into files."""
