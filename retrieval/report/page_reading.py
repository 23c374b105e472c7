"""The box "How to read this": every word that a number comes with, explained once."""

from retrieval.report.markup import Markup, element

_WORDS = (
    (
        "hit@k, recall@k",
        "hit@k: the share of queries with something relevant among the first k. recall@k: the share of all relevant "
        "items that are among the first k. Where more than k items are relevant, recall@k cannot reach 1.",
    ),
    (
        "Chance",
        "What a random order of the same pool gets on the same queries, computed exactly. A number without its chance "
        "says nothing: hit@10 in a pool of 20 is easy.",
    ),
    (
        "Ceiling",
        "What the best possible order (an oracle) gets. Below 1 where more items are relevant than k lets through "
        "(recall), or fewer than k (precision).",
    ),
    (
        "Interval",
        "95 %, over patients and not over queries: series of one patient are alike, and a hundred of them are no "
        "hundred patients. With few patients it is wide. Two intervals that overlap may still differ; a paired "
        "comparison tells.",
    ),
    (
        "Excluded",
        "Where images ask for images alike, the query's own patient leaves the ranking first: another series of the "
        "same head is alike in everything, and finding it proves little.",
    ),
    (
        "Ties",
        "Items with equal scores have no order. Each number is the average over all orders of the tied items, exactly, "
        "so luck and file names play no part.",
    ),
    (
        "Baselines",
        "The same code fed with what knows nothing. Random vectors: must land at chance. Permuted pairs: the model's "
        "own vectors, each query with another patient's. Header only: scanner, sequence and region, no image and no "
        "report. Length only: how long a report is, how many series a study has.",
    ),
    (
        "Channel",
        "image: vectors made from voxels. card: vectors made from a short text about the header. What the card finds "
        "is no merit of the image encoder.",
    ),
)


def reading_box() -> Markup:
    """The box, closed until it is wanted."""
    entries = [part for term, words in _WORDS for part in (element("dt", term), element("dd", words))]
    box = element("details", element("summary", "How to read this"), element("dl", *entries, class_="reading"))
    return element("section", box, class_="box", id="reading", aria_label="How to read this")
