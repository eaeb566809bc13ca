"""What was found, for people: findings read back, explanations, and one HTML page."""
