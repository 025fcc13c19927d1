"""Disclosure control: what may be shown of a release, and which changes a release may take in."""
