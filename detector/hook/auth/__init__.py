"""Who may call: API keys, their scopes and rates."""
