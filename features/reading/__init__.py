"""Plain JSON records straight into columns: compiled, without the GIL, and without an object a field."""
