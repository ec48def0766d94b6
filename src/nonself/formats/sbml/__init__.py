"""SBML in: Level 1 to Level 3 Version 2 core and hierarchical composition, read exactly or refused by name."""
