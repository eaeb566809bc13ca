"""The record of who did what: added to, never changed, and each entry vouches for the ones before."""
