"""What the National Public Service Portal publishes: asked for, kept as it came, read as figures."""
