"""What only the user can say of a table: several categories in a row, cells that are lists."""
