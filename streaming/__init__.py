"""Where events come from and go to, and which of them count: sources, sinks, admission, the consumer."""
