"""Sending: how a rendered finding gets to a sink."""
