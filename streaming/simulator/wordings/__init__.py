"""Random wordings of what is asked of a model; honest and hostile accounts draw from the same."""
