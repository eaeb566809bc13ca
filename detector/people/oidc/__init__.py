"""Signing in by OpenID Connect Core 1.0: authorization code with PKCE."""
