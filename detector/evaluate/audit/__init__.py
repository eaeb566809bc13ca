"""Audits of simulated worlds: whether anything but what accounts do tells the hostile from the honest."""
