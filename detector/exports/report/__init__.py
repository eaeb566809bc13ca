"""The printable report of a finding."""
