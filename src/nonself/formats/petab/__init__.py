"""PEtab: parameter estimation problems, version 1, with SBML models."""
