"""The triage: cases, what people decide of them, and the record of who decided what."""
