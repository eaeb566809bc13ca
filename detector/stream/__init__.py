"""The live stream: workers take events in, one leader scores them, and what they find goes out."""
