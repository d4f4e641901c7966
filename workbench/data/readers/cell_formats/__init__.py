"""What a spreadsheet's cell shows: its value through the number format that it has."""
