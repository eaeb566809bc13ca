"""The console's API: all that its pages do."""
