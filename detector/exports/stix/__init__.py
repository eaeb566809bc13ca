"""STIX 2.1: a campaign or an account for exchange with others."""
