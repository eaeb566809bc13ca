"""Kinds of honest users, one module each."""
