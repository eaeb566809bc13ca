"""Tokens that answer a challenge: judged beside the event loop, and only where one was asked for."""
