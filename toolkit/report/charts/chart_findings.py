"""What a chart shows, in a few words that stand behind its title; "" where it shows nothing that stands out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from toolkit.agreement.report_tables import decimal
from toolkit.records import Estimate

FEW = 5
"""A share of fewer sentences says nothing: such a group is not compared."""


def most_often(counts: Mapping[str, float]) -> str:
    """Return which count is the highest.

    Examples:
        >>> most_often({"Claim": 12, "Denial": 3}), most_often({"Claim": 2, "Denial": 2}), most_often({"en": 20})
        (': Claim most often (12)', ': 2 each', ': only en (20)')
    """
    if not counts:
        return ""
    if len(set(counts.values())) < 2:
        name, number = next(iter(counts.items()))
        return f": only {name} ({number:,g})" if len(counts) == 1 else f": {number:,g} each"
    name, number = max(counts.items(), key=lambda pair: pair[1])
    return f": {name} most often ({number:,g})"


def from_to(counts: Mapping[str, int]) -> str:
    """Return between which numbers counts lie.

    Examples:
        >>> from_to({"ada": 252, "ben": 12}), from_to({"ada": 252}), from_to({"ada": 3, "ben": 3})
        (': from 12 (ben) to 252 (ada)', ': 252 by ada', ': 3 each')
    """
    if not counts:
        return ""
    least, most = (choose(counts.items(), key=lambda pair: pair[1]) for choose in (min, max))
    if len(counts) == 1:
        return f": {least[1]:,} by {least[0]}"
    return (
        f": {least[1]:,} each"
        if least[1] == most[1]
        else f": from {least[1]:,} ({least[0]}) to {most[1]:,} ({most[0]})"
    )


def best_and_worst(values: Mapping[str, Estimate]) -> str:
    """Return which values are the highest and the lowest.

    Examples:
        >>> best_and_worst({"Claim": Estimate(value=0.5), "Denial": Estimate(value=0.7), "None": Estimate(value=None)})
        ': best Denial (0.70), worst Claim (0.50)'
    """
    known = sorted((mark.value, name) for name, mark in values.items() if mark.value is not None)
    if not known or known[0][0] == known[-1][0]:
        return ""
    (low, last), (high, first) = known[0], known[-1]
    return f": best {first} ({decimal(high)}), worst {last} ({decimal(low)})"


def highest(values: Mapping[str, Estimate], word: str) -> str:
    """Return which value is the highest.

    Examples:
        >>> highest({"Claim": Estimate(value=0.2), "Denial": Estimate(value=0.1)}, "worst")
        ': worst Claim (0.20)'
    """
    known = [(mark.value, name) for name, mark in values.items() if mark.value is not None]
    if len({value for value, _ in known}) < 2:
        return ""
    value, name = max(known)
    return f": {word} {name} ({decimal(value)})"


def widest(shares: Mapping[str, Mapping[str, float]], sizes: Mapping[str, int]) -> str:
    """Return which label's share differs most between groups of at least `FEW` sentences.

    Args:
        shares: Label → group → share.
        sizes: Group → number of sentences.

    Examples:
        >>> widest({"Claim": {"A": 0.1, "B": 0.5}, "Denial": {"A": 0.2, "B": 0.2}}, {"A": 10, "B": 20})
        ': Claim differs most, from 10 % (A) to 50 % (B)'
    """
    compared = [group for group, size in sizes.items() if size >= FEW]
    if len(compared) < 2 or not shares:
        return ""
    ends = {
        label: sorted((held.get(group, 0.0), place) for place, group in enumerate(compared))
        for label, held in shares.items()
    }
    label, held = max(ends.items(), key=lambda pair: pair[1][-1][0] - pair[1][0][0])
    (low, first), (high, last) = held[0], held[-1]
    if low == high:
        return ""
    return f": {label} differs most, from {low:.0%} ({compared[first]}) to {high:.0%} ({compared[last]})".replace(
        "%", " %"
    )


def apart_from(guide: float, values: Sequence[Estimate]) -> str:
    """Return how many intervals leave a value out.

    Examples:
        >>> apart_from(0.0, [Estimate(value=0.2, low=0.1, high=0.3), Estimate(value=0.1, low=-0.1, high=0.3)])
        ': 1 of 2 intervals without 0'
    """
    known = [(mark.low, mark.high) for mark in values if mark.low is not None and mark.high is not None]
    if not known:
        return ""
    without = sum(low > guide or high < guide for low, high in known)
    return f": {without} of {len(known)} intervals without {guide:g}"
