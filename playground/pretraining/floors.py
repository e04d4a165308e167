"""What can be guessed without a transformer: frequent words, tables of neighbours, a Witten–Bell trigram.

Every figure of a model is printed beside one of these; they must not know any model or tokenizer of ours.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

END = "\n"  # no sentence holds a line break, so it can stand for the end of one
START = "\x02"
_PIECES = re.compile(r" ?[^\W\d_]+(?:'[^\W\d_]+)*| ?\d+| ?[^\s\w]|\s|_")
_WORDS = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+|[^\s\w]")


def cut_pieces(text: str) -> list[str]:
    """Words with the space before them, so that the pieces joined are the text again."""
    return _PIECES.findall(text)


def cut_plain(text: str) -> list[str]:
    """Lower-cased words and marks."""
    return _WORDS.findall(text.lower())


class NeighbourTable:
    """The five words most often seen between two neighbours; where those never met, beside one of them."""

    def __init__(self, sentences: Iterable[str]) -> None:
        self.between: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        self.after: dict[str, Counter[str]] = defaultdict(Counter)
        self.everywhere: Counter[str] = Counter()
        for sentence in sentences:
            words = [START, *cut_plain(sentence), END]
            for left, word, right in zip(words, words[1:], words[2:], strict=False):
                self.between[left, right][word] += 1
                self.after[left][word] += 1
                self.everywhere[word] += 1

    def frequent(self, count: int = 5) -> list[str]:
        """The most frequent words of all."""
        alphabetic = Counter({word: number for word, number in self.everywhere.items() if word.isalpha()})
        return [word for word, _ in alphabetic.most_common(count)]

    def guess(self, left: str, right: str, count: int = 5) -> list[str]:
        """The best guesses at the word between `left` and `right`."""
        found: list[str] = []
        for table in (self.between.get((left, right)), self.after.get(left), self.everywhere):
            for word, _ in (table or Counter()).most_common(count + len(found)):
                if word not in found:
                    found.append(word)
            if len(found) >= count:
                break
        return found[:count]


class WittenBell:
    """Interpolated Witten–Bell n-gram over any symbols; `floor` is asked where no symbol was ever seen."""

    def __init__(self, order: int, rows: Iterable[Sequence[str]]) -> None:
        self.order = order
        self.counts: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
        for row in rows:
            padded = [START] * (order - 1) + list(row)
            for place in range(order - 1, len(padded)):
                for size in range(order):
                    self.counts[tuple(padded[place - size : place])][padded[place]] += 1
        self.totals = {context: counts.total() for context, counts in self.counts.items()}

    def probability(self, context: Sequence[str], symbol: str, floor: float) -> float:
        """P(symbol | context), where a symbol never seen at all gets its share of `floor`."""
        padded = [START] * (self.order - 1) + list(context)
        found = floor
        for size in range(self.order):
            key = tuple(padded[len(padded) - size :])
            if key in self.totals:
                kinds, total = len(self.counts[key]), self.totals[key]
                found = (self.counts[key][symbol] + kinds * found) / (total + kinds)
        return found


class TrigramReader:
    """Bits that a word trigram needs for a sentence; unknown words are spelled by a character trigram."""

    def __init__(self, sentences: Sequence[str]) -> None:
        rows = [[*cut_pieces(sentence), END] for sentence in sentences]
        self.words = WittenBell(3, rows)
        self.spelled: dict[str, float] = {}
        self.letters = WittenBell(4, [[*piece, END] for piece in {piece for row in rows for piece in row}])

    def bits(self, sentence: str) -> float:
        """Bits of the sentence and its end."""
        pieces = [*cut_pieces(sentence), END]
        return sum(self.piece_bits(pieces[max(0, place - 2) : place], piece) for place, piece in enumerate(pieces))

    def piece_bits(self, context: Sequence[str], piece: str) -> float:
        """Bits of one word after its context."""
        return -math.log2(self.words.probability(context, piece, self.spelling(piece)))

    def spelling(self, piece: str) -> float:
        """The probability of a word by its letters alone; asked often, so each word is spelled once."""
        if piece not in self.spelled:
            self.spelled[piece] = self._spell(piece)
        return self.spelled[piece]

    def _spell(self, piece: str) -> float:
        found, letters = 1.0, [*piece, END]
        for place, letter in enumerate(letters):
            found *= self.letters.probability(letters[max(0, place - 3) : place], letter, 1e-4)
        return found

    def guess_span(self, before: Sequence[str], after: Sequence[str], length: int) -> list[str]:
        """The likeliest `length` words between two contexts, by a beam of forty."""
        beams: list[tuple[float, list[str]]] = [(0.0, [])]
        for _ in range(length):
            grown = [
                (bits + self.piece_bits([*before, *words][-2:], word), [*words, word])
                for bits, words in beams
                for word in self.likely([*before, *words][-2:])
            ]
            beams = sorted(grown)[:40]
        return min(beams, key=lambda beam: beam[0] + self._closing(before, beam[1], after))[1]

    def _closing(self, before: Sequence[str], words: list[str], after: Sequence[str]) -> float:
        """Bits of the two words after the span, given the span."""
        left = [*before, *words]
        whole = [*left, *after[:2]]
        return sum(self.piece_bits(whole[max(0, at - 2) : at], whole[at]) for at in range(len(left), len(whole)))

    def likely(self, context: Sequence[str], count: int = 40) -> list[str]:
        """The words most often seen after the context, after its last word where that is too few."""
        padded = [START, START, *context][-2:]
        found: list[str] = []
        for key in (tuple(padded), tuple(padded[1:]), ()):
            found += [word for word, _ in self.words.counts.get(key, Counter()).most_common(count)]
            if len(found) >= count:
                break
        return list(dict.fromkeys(word for word in found if word != END))[:count]
