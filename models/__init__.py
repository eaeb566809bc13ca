"""Scorers of account rows: fitted with scikit-learn, calibrated, explained, kept as signed-off artefacts."""
