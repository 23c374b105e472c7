"""Queries with their first hits: found, found late, missed; with a slice of each series where that was asked for."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from retrieval.report.markup import Child, Markup, element
from retrieval.report.words import shown

Document = Mapping[str, Any]
Slices = Mapping[str, bytes]

_ORDER = {"region": 0, "sequence": 1, "plane": 2}


def examples(task: Document, slices: Slices) -> list[Markup]:
    """Three queries in sight (first, middle and last of the list: best to worst), the others behind a fold."""
    found = task["examples"]
    if not found:
        return []
    places = list(dict.fromkeys((0, len(found) // 2, len(found) - 1)))
    rest = [one for place, one in enumerate(found) if place not in places]
    drawn = [_example(found[place], slices) for place in places]
    folded = [element("summary", f"{len(rest)} more"), *(_example(one, slices) for one in rest)]
    return [
        element("h4", "Examples, from found to missed"),
        *drawn,
        *([element("details", *folded)] if rest else []),
        *_missing(found, slices),
    ]


def _example(one: Document, slices: Slices) -> Markup:
    rank = shown(one["first_rank"], 1)
    query = element(
        "div",
        element("div", "Query", class_="small"),
        *_item(one["query"], slices),
        element("div", f"First relevant item at rank {rank}", class_="small"),
        class_="item",
    )
    hits = (_hit(place, hit, slices) for place, hit in enumerate(one["hits"], start=1))
    return element("div", query, element("ol", *hits), class_="example")


def _hit(place: int, hit: Document, slices: Slices) -> Markup:
    relevant = hit["gain"] > 0
    grade = f" ({hit['gain']:.2f})" if 0 < hit["gain"] < 1 else ""
    verdict = f"{'✓ relevant' if relevant else '– not relevant'}{grade}"
    return element(
        "li",
        element("div", f"{place} · score {shown(hit['score'])}", class_="small"),
        *_item(hit, slices),
        element("div", verdict, class_="verdict"),
        class_="item relevant" if relevant else "item",
    )


def _item(item: Document, slices: Slices) -> list[Child]:
    known = sorted(item["facts"].items(), key=lambda one: _ORDER.get(one[0], len(_ORDER)))
    facts = " · ".join(value for _, value in known) or "nothing known"
    picture = slices.get(item["id"])
    source = f"data:image/png;base64,{b64encode(picture).decode()}" if picture else ""
    image = element("img", src=source, alt=f"Middle slice: {facts}") if picture else None
    return [image, element("div", facts, class_="facts"), element("div", item["id"], class_="id", title=item["id"])]


def _missing(found: Sequence[Document], slices: Slices) -> list[Markup]:
    if not slices:
        return []
    ids = {item["id"] for one in found for item in (one["query"], *one["hits"])}
    without = len(ids - slices.keys())
    return [element("p", f"{without} of {len(ids)} items have no slice to show.", class_="small")] if without else []
