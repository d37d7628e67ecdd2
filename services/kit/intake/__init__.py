"""Every file that users send: received, decoded, read as a table, and what was refused handed back to be corrected."""
