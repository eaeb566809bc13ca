"""Drift: how today's accounts, scores, fields and verdicts differ from those that a model was made for."""
