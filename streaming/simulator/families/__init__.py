"""Families of attack, one module each."""
