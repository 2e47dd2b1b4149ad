"""Published reconstruction networks, one folder each."""
