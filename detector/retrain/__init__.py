"""Offline retraining: verdicts in, a challenger and the reasons to take it or leave it out."""
