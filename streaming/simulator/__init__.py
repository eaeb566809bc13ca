"""Labelled worlds: an invented population of accounts, honest and hostile, and the log that it leaves."""
