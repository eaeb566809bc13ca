"""Pages, rendered here; each works without scripts."""
