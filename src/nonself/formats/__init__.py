"""Doors in and out: files that are read exactly, or refused by name."""
