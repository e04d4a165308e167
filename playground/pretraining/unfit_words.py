"""The words that keep a sentence out of a classroom: vulgar, sexual, or slurs, in English and French.

Kept as rot13 so that this file itself may lie open there; it must not know where sentences come from.
"""

import codecs
import re
from types import MappingProxyType

_BEGINNINGS = (
    "shpx fuvg ovgpu juber fyhg pbpxfhpx chffl phag cbea crav intva betnf znfgheo pbaqbz cebfgvghg oebgury avccyr "
    "onfgneq avtt snttbg raphy chgnva fnybc pbaaneq pbaarevr pbhvyy zreq avpuba ovffrkhry "
    "frkhny frkhry frkl obbo ubeal encvfg oybjwbo guerrfbz gjng jnax fcrez rwnphy pyvgbe ihyin grfgvpyr"
)
_WHOLE = (
    "nff nffrf nffubyr nffubyrf qvpx qvpxf pbpx pbpxf frk frkr frkrf chgr chgrf pba pbaar pbaarf phy phyf ovgr ovgrf "
    "onvfr onvfrf onvfé encr encrq encrf encvat ivby ivbyf ivbyre ivbyé ivbyée ivbyéf ivbyéerf fhpxre fhpxref "
    "ahqr ahqrf anxrq oernfg oernfgf frva frvaf gvg gvgf sbhger puvre obeqry cvff cvffrq cvffr frk-gbl rerpgvba "
    "péavf snt xvxr puvax fcvp"
)


def _pattern() -> re.Pattern[str]:
    """One expression for both lists: beginnings match any word that starts so, whole words only themselves."""
    beginnings = "|".join(re.escape(codecs.decode(word, "rot13")) for word in _BEGINNINGS.split())
    whole = "|".join(re.escape(codecs.decode(word, "rot13")) for word in _WHOLE.split())
    return re.compile(rf"\b(?:(?:{beginnings})\w*|(?:{whole}))\b", re.IGNORECASE)


_UNFIT = _pattern()


def is_unfit(text: str, language: str) -> bool:
    """True when the sentence does not belong in a classroom. `language` is "english" or "french"."""
    found = _UNFIT.findall(text)
    innocent = _INNOCENT[language]
    return any(word.lower() not in innocent for word in found)


# The same letters mean something harmless in the other language: a dog that bites, a French preposition.
_INNOCENT = MappingProxyType({
    "english": frozenset({"bite", "bites", "con"}),
    "french": frozenset(),
})
