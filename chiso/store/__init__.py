"""Scored periods: made once, kept as revisions, read back as figures."""
