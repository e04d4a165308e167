"""The three pretraining objectives, and the making of the three small models that ship in `models/`.

Knows nothing of pages, figures or visitors.
"""
