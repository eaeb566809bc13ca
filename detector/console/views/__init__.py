"""What pages show, as values: no web, no database, the time passed in."""
