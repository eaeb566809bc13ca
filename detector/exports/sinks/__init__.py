"""Sinks: where findings are sent to."""
