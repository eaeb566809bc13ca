"""Each gateway in its own words."""
