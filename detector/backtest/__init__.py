"""Backtests: history replayed under a candidate, and what would have been alerted, missed and leaked."""
