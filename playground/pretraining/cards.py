"""Writes each model's card from what was measured: no figure in it is typed by hand.

Knows how a card reads (its texts lie in `card_texts/`); it must not know how figures or weights come about.
"""

import json
import string
from pathlib import Path
from typing import Any

import torch

from playground.pretraining import measures
from playground.pretraining.evaluate import CLASSES, FILE, open_model
from playground.pretraining.folders import RECORD
from playground.pretraining.measures import Opened
from playground.pretraining.probe_sentences import PROBES, Blank, read_blanks, read_translations

TEXTS = Path(__file__).resolve().parent / "card_texts"


def write_card(name: str, models: Path) -> Path:
    """`README.md` of one model, from its record, the evaluation beside it and what it answers now."""
    folder = models / name
    record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    evaluation = json.loads((models / FILE).read_text(encoding="utf-8"))
    opened = open_model(name, folder)
    texts = _read_texts(name)
    content = string.Template((TEXTS / "card.md").read_text(encoding="utf-8")).substitute(
        **texts,
        name=name,
        auto_class=CLASSES[name].__name__,
        facts=_facts(opened, record, folder),
        sittings=_sittings(record),
        held_out=f"{evaluation['held_out_sentences']:,}",
        corpus_file=record["corpus"]["file"],
        pairs=f"{record['corpus']['training_pairs']:,}",
        figures=_figures([row for row in evaluation["figures"] if row["model"] == name]),
        examples=give_examples(name, opened),
    )
    path = folder / "README.md"
    path.write_text(content, encoding="utf-8")
    return path


def _read_texts(name: str) -> dict[str, str]:
    lines = (TEXTS / f"{name}.md").read_text(encoding="utf-8").splitlines()
    return dict(line.split(": ", 1) for line in lines if line)


def _facts(opened: Opened, record: dict[str, Any], folder: Path) -> str:
    """What it is made of, as rows of a table."""
    config = opened.model.config
    size = sum(path.stat().st_size for path in folder.glob("*.safetensors")) / 1e6
    layers = f"{config.num_hidden_layers} layers"
    if config.is_encoder_decoder:
        layers = f"{config.num_layers} encoder and {config.num_decoder_layers} decoder layers"
    rows = {
        "architecture": f"`{type(opened.model).__name__}`, {layers}, {config.num_attention_heads} heads, "
        f"width {config.hidden_size}",
        "parameters": f"{opened.model.num_parameters():,} (16-bit safetensors, {size:.1f} MB)",
        "vocabulary": f"{len(opened.tokenizer):,} pieces",
        "context": f"{opened.tokenizer.model_max_length} tokens; the training texts reach all of them",
        "tokens seen": f"{record['tokens']:,} in {record['steps']:,} steps",
        "time": f"{record['minutes']:.0f} minutes",
    }
    return "\n".join(f"| {what} | {value} |" for what, value in rows.items())


def _sittings(record: dict[str, Any]) -> str:
    """The commands, one line for each time it was trained."""
    lines = []
    for sitting in record["sittings"]:
        how = "" if sitting["finished"] else " (not finished)"
        lines.append(
            f"- `{sitting['command']}`  \n  {sitting['tokens']:,} tokens, {sitting['minutes']:.0f} minutes{how}, "
            f"seed {sitting['seed']}; {sitting['machine']}, other programs running beside it"
        )
    return "\n".join(lines)


def _figures(rows: list[dict[str, Any]]) -> str:
    """The evaluation as a table."""
    lines = ["| figure | reached | floor | must reach | aim for |", "|---|---|---|---|---|"]
    for row in rows:
        floors = ", ".join(f"{name} {value:.3g}" for name, value in row["floors"].items()) or "–"
        asked = ["–" if row[key] is None else f"{row[key]:g}" for key in ("must_reach", "aim_for")]
        verdict = " (not reached)" if row["reached"] is False else ""
        head = f", {row['head']}" if row["head"] else ""
        lines.append(f"| {row['figure']}{head} | {row['value']:.3g}{verdict} | {floors} | {asked[0]} | {asked[1]} |")
    return "\n".join(lines)


def give_examples(name: str, opened: Opened) -> str:
    """Five answers on made-up sentences: up to three right ones and the rest wrong, in the order of the files."""
    givers = {"tiny-bert": _masked_examples, "tiny-gpt": _continued_examples, "tiny-t5": _translated_examples}
    return "\n".join(f"- {line}" for line in givers[name](opened))


def _choose(rows: list[tuple[bool, str]]) -> list[str]:
    """Three right and two wrong, or as near to that as there are."""
    right = [text for good, text in rows if good]
    wrong = [text for good, text in rows if not good]
    taken = max(3, 5 - len(wrong))
    return [*right[:taken], *wrong[: 5 - min(taken, len(right))]]


def _masked_examples(opened: Opened) -> list[str]:
    rows = []
    for blank in read_blanks():
        guesses = _guess(opened, blank)
        listed = ", ".join(f"{word} {chance:.0%}" for word, chance in guesses)
        verdict = "right" if guesses[0][0] == blank.word else "wrong"
        shown = f"{blank.text[: blank.start]}`[MASK]`{blank.text[blank.end :]}"
        rows.append((verdict == "right", f"{shown} ({blank.word}) → {listed} – {verdict}"))
    return _choose(rows)


def _guess(opened: Opened, blank: Blank) -> list[tuple[str, float]]:
    """The three best single pieces for a blank."""
    text = f"{blank.text[: blank.start]}{opened.tokenizer.mask_token}{blank.text[blank.end :]}"
    rows = opened.tokenizer(text, return_tensors="pt")
    place = rows["input_ids"][0].tolist().index(opened.tokenizer.mask_token_id)
    with torch.no_grad():
        best = opened.model(**rows).logits[0, place].softmax(-1).topk(3)
    return [
        (opened.tokenizer.convert_ids_to_tokens(int(token)), float(chance))
        for token, chance in zip(best.indices, best.values, strict=True)
    ]


def _continued_examples(opened: Opened) -> list[str]:
    lines = []
    for beginning in (PROBES / "beginnings.txt").read_text(encoding="utf-8").splitlines():
        rows = opened.tokenizer(beginning, return_tensors="pt")
        with torch.no_grad():
            written = opened.model.generate(**rows, do_sample=False, max_new_tokens=24)
        text = opened.tokenizer.decode(written[0], skip_special_tokens=True)
        lines.append(f"{beginning} → *{text[len(beginning) :].strip()}*")
    return lines


def _translated_examples(opened: Opened) -> list[str]:
    rows = [*read_translations(), *read_translations("more_translations.tsv")]
    answers = measures.translate(opened, [row[0] for row in rows])
    judged = []
    for answer, (asked, accepted) in zip(answers, rows, strict=True):
        good = answer in accepted
        judged.append((good, f"{asked} → *{answer}* – {'right' if good else f'wrong; for example *{accepted[0]}*'}"))
    return _choose(judged)
