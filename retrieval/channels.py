"""Which channels can answer a query, and by what: decided from names of spaces alone, before anything is encoded.

A part reaches a channel by one of four sources: its words, its voxels, its own card (one line of words made from a
scan's header), or the vector itself. Vectors are compared only where the names of their spaces are equal.

Where several channels answer, `weights` says how much each counts. Words that are compared with voxels count half: what
a header or a report says in words is sure, what a network sees in seven planes is a guess, and on an archive with sound
headers a guess that counts as much would turn right answers into wrong ones. Where header and reports say nothing that
tells scans apart, half is enough to put them in order. Measured on 56 real series that the default encoder had not seen
(precision at 5 of 40, 22 and 21 short queries): .87, .84, .88 by the card alone; .91, .86, .86 with voxels at a half;
.88, .85, .78 with voxels at one (LAB_LOG.md, 2026-11-25).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from common.errors import UsageError
from indexer.manifest import Manifest
from indexer.records import Channel
from retrieval.query import Part, Query, ScanPart, SeriesPart, Target, TextPart, VectorPart


class Source(StrEnum):
    """What of a part is compared with a channel's vectors."""

    WORDS = "words"
    VOXELS = "voxels"
    CARD = "card"
    VECTOR = "vector"


@dataclass(frozen=True, slots=True)
class Spaces:
    """The spaces of a collection's channels, of those that have vectors, and the name of its encoder."""

    channels: Mapping[Channel, str]
    encoder: str

    @property
    def image(self) -> str:
        """Where the image tower's vectors live."""
        return self.channels.get(Channel.IMAGE, "")

    @property
    def text(self) -> str:
        """Where the text tower's vectors live."""
        return self.channels.get(Channel.CARD, self.channels.get(Channel.REPORT, ""))


@dataclass(frozen=True, slots=True)
class ChannelPlan:
    """What will be asked.

    Attributes:
        sources: for each channel to ask, the source of every part of the query, in the query's order.
        notes: what to tell the user about each channel, asked or not.
        fusion: how several channels become one ranking; "" where one answers.
    """

    sources: Mapping[Channel, tuple[Source, ...]]
    notes: Mapping[Channel, str]
    fusion: str = ""

    @property
    def weights(self) -> tuple[float, ...]:
        """How much each channel counts in the fusion, in the order of `sources`."""
        return tuple(_weight(channel, sources) for channel, sources in self.sources.items())


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Why a part cannot be compared with a channel."""

    reason: str


_VOXELS_BY_WORDS = 0.5

_TARGET_CHANNELS = {
    Target.SERIES: (Channel.IMAGE, Channel.CARD, Channel.REPORT),
    Target.REPORT: (Channel.REPORT,),
}


def spaces_of(manifest: Manifest) -> Spaces:
    """The spaces that a manifest names."""
    filled = {Channel(name): entry.space for name, entry in manifest.channels.items() if entry.rows}
    return Spaces(filled, manifest.encoder.name)


def plan_channels(query: Query, spaces: Spaces) -> ChannelPlan:
    """The channels that will answer.

    Where the query names none, those are asked that compare like with like: words with everything that lives in their
    space, a scan with scans (or, asked for reports, with reports). Only where no channel does so for all parts, every
    channel that can be reached is asked.

    Raises:
        UsageError: no channel can answer; the message has the reason for each.
    """
    notes: dict[Channel, str] = {}
    reached: dict[Channel, tuple[Source, ...]] = {}
    for channel in query.channels or _TARGET_CHANNELS[query.target]:
        routes = [_route(part, channel, query.target, spaces) for part in query.parts]
        refused = [route.reason for route in routes if isinstance(route, _Refusal)]
        if refused:
            notes[channel] = f"not asked: {refused[0]}"
        else:
            reached[channel] = tuple(route for route in routes if isinstance(route, Source))
    if not reached:
        reasons = "; ".join(f"{channel.value} {note}" for channel, note in notes.items())
        raise UsageError(f"No channel can answer this query: {reasons}.", remedy=_way_out(query))
    asked = reached if query.channels else _preferred(reached, query)
    notes |= {channel: _note(channel, sources, query.target) for channel, sources in asked.items()}
    for channel in reached.keys() - asked.keys():
        notes[channel] = f"not asked: a scan is compared with scans first; name the channel ({channel.value}) to ask it"
    return ChannelPlan(asked, dict(sorted(notes.items())), _fusion(asked))


def _weight(channel: Channel, sources: tuple[Source, ...]) -> float:
    return _VOXELS_BY_WORDS if channel is Channel.IMAGE and Source.WORDS in sources else 1.0


def _fusion(asked: Mapping[Channel, tuple[Source, ...]]) -> str:
    """How the channels become one ranking, in words."""
    if len(asked) < 2:
        return ""
    weights = {channel.value: _weight(channel, sources) for channel, sources in sorted(asked.items())}
    if len(set(weights.values())) == 1:
        return f"{' and '.join(weights)} count the same: the mean of their standard scores"
    counts = ", ".join(f"{name} {weight:g}" for name, weight in weights.items())
    return f"the mean of standard scores, weighted ({counts}); name a channel to rank by it alone: --channel image"


def _preferred(reached: dict[Channel, tuple[Source, ...]], query: Query) -> dict[Channel, tuple[Source, ...]]:
    like_with_like = {
        channel: sources
        for channel, sources in reached.items()
        if all(_is_natural(part, channel, query.target) for part in query.parts)
    }
    return like_with_like or reached


def _is_natural(part: Part, channel: Channel, target: Target) -> bool:
    if isinstance(part, TextPart) or target is Target.REPORT:
        return True
    return channel is (part.channel if isinstance(part, VectorPart) else Channel.IMAGE)


def _route(part: Part, channel: Channel, target: Target, spaces: Spaces) -> Source | _Refusal:
    if channel not in _TARGET_CHANNELS[target]:
        return _Refusal("reports are found by the report channel alone")
    if channel not in spaces.channels:
        return _Refusal(f"this collection has no {channel.value} vectors")
    match part:
        case TextPart():
            return _route_text(channel, spaces)
        case ScanPart() | SeriesPart():
            return _route_scan(channel, spaces)
        case VectorPart():
            return _route_vector(part, channel, spaces)


def _route_text(channel: Channel, spaces: Spaces) -> Source | _Refusal:
    if spaces.channels[channel] == spaces.text:
        return Source.WORDS
    return _Refusal(f"the encoder {spaces.encoder} is not aligned, so words cannot be compared with voxels")


def _route_scan(channel: Channel, spaces: Spaces) -> Source | _Refusal:
    if channel is not Channel.CARD and spaces.channels[channel] == spaces.image:
        return Source.VOXELS
    if spaces.channels[channel] == spaces.text:
        return Source.CARD
    return _Refusal("neither the scan's voxels nor its card live in this channel's space")


def _route_vector(part: VectorPart, channel: Channel, spaces: Spaces) -> Source | _Refusal:
    if spaces.channels.get(part.channel) == spaces.channels[channel]:
        return Source.VECTOR
    return _Refusal(f"a vector of the {part.channel.value} channel lives in another space")


def _note(channel: Channel, sources: tuple[Source, ...], target: Target) -> str:
    ways = []
    if channel is Channel.IMAGE and Source.WORDS in sources:
        ways.append("words against voxels")
    if Source.CARD in sources:
        ways.append("through the scan's own card")
    if target is Target.SERIES and channel is Channel.REPORT:
        ways.append("through the reports of each series' study")
    return ", ".join(["answered", *ways])


def _way_out(query: Query) -> str:
    if query.target is Target.REPORT:
        return "Reports are found by the report channel alone, in a collection that was indexed with --reports."
    if any(isinstance(part, TextPart) for part in query.parts):
        return "Ask the card or report channel, or index with an aligned encoder."
    return "Ask another channel, or index with an encoder whose spaces fit."
