"""The registry of models: signed versions, who is champion, and how that came about."""
