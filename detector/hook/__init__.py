"""Verdicts where requests are: the service that gateways ask. Nothing is scored here."""
