"""What a running process tells of itself: metrics, logs and traces, all of them without content."""
