"""Finds, checks and opens checkpoints, and reads sentences with them. Holds weights for everybody, knows no page."""
