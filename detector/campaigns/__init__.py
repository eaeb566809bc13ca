"""Campaigns: groups of linked accounts, found anew as ticks close and kept under one name."""
