"""Pure, compiled features of LLM-API usage: events in, rows and feature matrices out; no input or output here."""
