"""The outbox: what is to be sent is stored before it is tried."""
