"""Which verdict leads to which action."""
