"""The models that are open: each is opened once, however many ask, and opening one never holds up the others.

Must not know which page asks nor what is read.
"""

import os
import threading
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import torch

from playground.contracts.readers import CatalogueEntry, ModelFacts, Reader
from playground.language_models import catalogue
from playground.language_models.checkpoints import Checkpoint, choose_device, licence_of, open_checkpoint
from playground.language_models.decoder import DecoderReader
from playground.language_models.encoder import EncoderReader
from playground.language_models.encoder_decoder import EncoderDecoderReader
from playground.language_models.remembering import RememberingReader
from playground.language_models.tokenizing import Tokenizer
from playground.settings import Settings

_LONGEST_SAID, _LENGTH_UNSAID = 1_000_000, 512


class OpenLibrary:
    """A Library over the catalogue. What failed to open is tried again when asked again."""

    def __init__(self, settings: Settings) -> None:
        self._settings = replace(settings, device=choose_device(settings.device))
        # Readings share the cores: more threads than cores wait for each other (17 ms became 300 on a busy machine).
        torch.set_num_threads(max(1, (os.cpu_count() or 1) // settings.limits.readings_at_once))
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
    kinds = {"encoder": EncoderReader, "decoder": DecoderReader, "encoder-decoder": EncoderDecoderReader}
    kind = kinds[checkpoint.architecture.family]
    reader = kind(_facts(name, checkpoint, tokenizer), checkpoint, tokenizer, settings.limits)
    return RememberingReader(reader, settings.limits.kept_megabytes)


def _facts(name: str, checkpoint: Checkpoint, tokenizer: Tokenizer) -> ModelFacts:
    model, config = checkpoint.model, checkpoint.model.config
    return ModelFacts(
        name=name,
        family=checkpoint.architecture.family,
        architecture=type(model).__name__,
        parameters=sum(parameter.numel() for parameter in model.parameters()),
        layers=config.num_hidden_layers,
        heads=config.num_attention_heads,
        width=config.hidden_size,
        context=checkpoint.architecture.context(config) or _context_of(tokenizer),
        vocabulary=config.vocab_size,
        objective=checkpoint.architecture.objective,
        dtype=str(model.dtype).removeprefix("torch."),
        licence=licence_of(checkpoint.folder),
        origin="shipped" if checkpoint.folder.parent.name == "models" else "folder",
        decoder_layers=_decoder_layers(checkpoint),
        notes=() if checkpoint.has_head else ("no language head: it gives maps and guesses nothing",),
    )


def _decoder_layers(checkpoint: Checkpoint) -> int:
    if checkpoint.architecture.family != "encoder-decoder":
        return 0
    config = checkpoint.model.config
    return getattr(config, "num_decoder_layers", None) or config.decoder_layers


def _context_of(tokenizer: Tokenizer) -> int:
    """What a tokenizer says of a text's length; where it says nothing, the library fills in a number without sense."""
    said = tokenizer.wrapper.model_max_length
    return int(said) if 1 < said <= _LONGEST_SAID else _LENGTH_UNSAID
