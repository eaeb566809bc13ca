"""The web console, and the HTTP API for everything that it does."""
