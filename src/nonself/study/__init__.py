"""The one orchestrator: a study file is read, checked, simulated, analyzed and written; opens the catalog."""
