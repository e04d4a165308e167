"""The errors a visitor may see: each message is one whole sentence that says what was wrong and what to do.

Knows nothing of models, pages or files; anything that is not a PlaygroundError is a fault of ours and stays in the log.
"""


class PlaygroundError(Exception):
    """Something the visitor can understand and mend; `str(error)` is the sentence to show."""


class BadInput(PlaygroundError):
    """What was typed, chosen or uploaded cannot be used as it is."""


class NoSuchModel(PlaygroundError):
    """The name does not lead to a model that may be opened here."""


class CannotOpenModel(PlaygroundError):
    """The model is there, but its files are unsafe, broken, or of a family we do not read."""


class Unreadable(PlaygroundError):
    """The model answered with something that must not reach a screen: empty, not a number, or misaligned."""
