"""Proof-of-human: tokens that may come with a request, and what they are worth."""
