"""Pure, compiled features of LLM-API usage: events in, rows and matrices out, no input or output."""
