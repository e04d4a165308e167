"""The models that are open: each is opened once, however many ask, and opening one never holds up the others.

Must not know which page asks nor what is read.
"""

import threading
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

from playground.contracts.readers import CatalogueEntry, ModelFacts, Reader
from playground.language_models import catalogue
from playground.language_models.checkpoints import Checkpoint, choose_device, licence_of, open_checkpoint
from playground.language_models.encoder import EncoderReader
from playground.language_models.remembering import RememberingReader
from playground.language_models.tokenizing import Tokenizer
from playground.settings import Settings


class OpenLibrary:
    """A Library over the catalogue. What failed to open is tried again when asked again."""

    def __init__(self, settings: Settings) -> None:
        self._settings = replace(settings, device=choose_device(settings.device))
        self._open: dict[Path, Future[Reader]] = {}
        self._lock = threading.Lock()

    def entries(self) -> tuple[CatalogueEntry, ...]:
        return catalogue.entries(self._settings)

    def open(self, name: str) -> Reader:
        folder = catalogue.find_folder(name, self._settings)
        with self._lock:
            known = self._open.get(folder)
            if known is None:
                mine = self._open[folder] = Future()
        if known is not None:
            return known.result()
        try:
            reader = open_reader(name, folder, self._settings)
        except BaseException as error:
            with self._lock:
                del self._open[folder]
            mine.set_exception(error)
            raise
        mine.set_result(reader)
        return reader


def open_reader(name: str, folder: Path, settings: Settings) -> Reader:
    """The reader of the checkpoint in `folder`."""
    tokenizer = Tokenizer(folder)
    checkpoint = open_checkpoint(folder, settings.device)
    reader = EncoderReader(_facts(name, checkpoint), checkpoint, tokenizer, settings.limits)
    return RememberingReader(reader, settings.limits.kept_megabytes)


def _facts(name: str, checkpoint: Checkpoint) -> ModelFacts:
    model, config = checkpoint.model, checkpoint.model.config
    return ModelFacts(
        name=name,
        family=checkpoint.architecture.family,
        architecture=type(model).__name__,
        parameters=sum(parameter.numel() for parameter in model.parameters()),
        layers=config.num_hidden_layers,
        heads=config.num_attention_heads,
        width=config.hidden_size,
        context=checkpoint.architecture.context(config),
        vocabulary=config.vocab_size,
        objective=checkpoint.architecture.objective,
        dtype=str(model.dtype).removeprefix("torch."),
        licence=licence_of(checkpoint.folder),
        origin="shipped" if checkpoint.folder.parent.name == "models" else "folder",
    )
