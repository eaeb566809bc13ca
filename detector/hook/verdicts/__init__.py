"""Verdicts in memory, found by account, API key or end user."""
