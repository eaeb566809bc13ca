"""Findings in the formats and systems of others."""
