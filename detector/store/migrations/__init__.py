"""How the schema came about. A released step never changes; what is new is a step of its own."""
