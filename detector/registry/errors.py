"""How a registry refuses."""

from __future__ import annotations

from models.artefact import ModelError


class RegistryError(ModelError):
    """A registry cannot be used, or does not allow something: says what, where and the remedy."""
