"""The officers' desk on dossiers: a dossier's life after reception, and its papers."""
