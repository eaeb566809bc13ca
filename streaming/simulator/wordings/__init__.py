"""Random wordings of what programs and people ask of a model; honest and hostile accounts draw from the same."""
