"""Populations: the requests that share one rare object, whoever sent them."""
