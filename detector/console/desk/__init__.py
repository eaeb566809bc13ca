"""What may be done and seen at the console, for its pages and for its API alike; runs in worker threads."""
