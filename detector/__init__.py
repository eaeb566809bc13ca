"""The product: engine, policy, alerts, reports and the command line."""
