"""Our figures beside the portal's: which dossiers make the difference, and why."""
