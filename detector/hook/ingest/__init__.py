"""Usage events over HTTP: checked, sketched if that is asked for, and answered once they are durable."""
