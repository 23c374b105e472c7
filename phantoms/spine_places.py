"""Where the levels of a spine lie on a tissue map: what findings of discs and cord are placed by."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

Point = tuple[float, float, float]  # right, anterior, superior, mm on the map


@dataclass(frozen=True, slots=True)
class DiscPlace:
    """One disc.

    Attributes:
        middle_mm: its middle.
        back_mm: its back edge in the midline, where it borders on the canal.
        half_mm: half of its extent to the right, anterior and superior.
        thickness_mm: from one vertebra to the next, half of it.
    """

    middle_mm: Point
    back_mm: Point
    half_mm: Point
    thickness_mm: float


@dataclass(frozen=True, slots=True, eq=False)
class SpinePlaces:
    """The levels that a map shows.

    Attributes:
        discs: by their neighbours, such as "L4-L5".
        cord: the middle of the cord at a vertebra's height, by the vertebra.
        cord_mm: half-axes of the cord, right and anterior.
    """

    discs: Mapping[str, DiscPlace]
    cord: Mapping[str, Point]
    cord_mm: tuple[float, float]

    def moved(self, by_mm: Point) -> "SpinePlaces":
        """The same places on a map whose origin was moved."""
        discs = {
            level: replace(disc, middle_mm=_sum(disc.middle_mm, by_mm), back_mm=_sum(disc.back_mm, by_mm))
            for level, disc in self.discs.items()
        }
        return SpinePlaces(discs, {name: _sum(point, by_mm) for name, point in self.cord.items()}, self.cord_mm)


def _sum(point: Point, by_mm: Point) -> Point:
    return point[0] + by_mm[0], point[1] + by_mm[1], point[2] + by_mm[2]


def to_plain(places: SpinePlaces) -> dict[str, Any]:
    """As dictionaries and lists, for a file."""
    discs = {level: asdict(disc) for level, disc in places.discs.items()}
    return {"discs": discs, "cord": dict(places.cord), "cord_mm": places.cord_mm}


def from_plain(plain: Mapping[str, Any]) -> SpinePlaces:
    """The inverse of `to_plain`.

    >>> disc = DiscPlace((0.0, 1.0, 2.0), (0.0, -9.0, 2.0), (20.0, 10.0, 4.0), 3.5)
    >>> from_plain(to_plain(SpinePlaces({"L4-L5": disc}, {}, (5.0, 4.0)))).discs["L4-L5"] == disc
    True
    """
    discs = {
        level: DiscPlace(
            _point(disc["middle_mm"]), _point(disc["back_mm"]), _point(disc["half_mm"]), disc["thickness_mm"]
        )
        for level, disc in plain["discs"].items()
    }
    right, front = plain["cord_mm"]
    return SpinePlaces(discs, {name: _point(point) for name, point in plain["cord"].items()}, (right, front))


def _point(values: Iterable[float]) -> Point:
    x, y, z = values
    return x, y, z
