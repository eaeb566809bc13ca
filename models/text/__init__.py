"""Offline training and evaluation of the purpose weights."""
