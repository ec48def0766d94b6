"""The core: which laws of suppression and division keep, and lose, tolerance as people do. See run.py."""
