"""The dock Compare."""
