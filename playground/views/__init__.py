"""Turns numbers and tokens into payloads, figures and markup. Holds no model and no framework."""
