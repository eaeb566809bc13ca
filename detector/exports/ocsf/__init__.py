"""OCSF: the Detection Finding of the Open Cybersecurity Schema Framework."""
