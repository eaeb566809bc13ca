"""One fixed-size row of state an account, and the feature vector read from it."""
