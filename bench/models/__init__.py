"""Models that exist only to be timed."""
