"""What is known of an account or a campaign, as people look at it."""
