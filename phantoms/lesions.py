"""A lesion: a rough ellipsoid of one tissue in the scanner's coordinates, over the tissues that it may replace."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from phantoms.tissue_map import Labels, Mask
from phantoms.tissues import Tissue

_WAVES = 6


@dataclass(frozen=True, slots=True, eq=False)
class Lesion:
    """One solid of abnormal tissue.

    Attributes:
        centre_mm: in the scanner, RAS.
        radii_mm: half-axes along `turn`'s rows.
        turn: rotation matrix (3, 3).
        hosts: what it replaces; tissues not named stay.
        roughness: how far the surface goes in and out, as a share of the radii.
        waves, phases: of the surface, (w, 3) and (w,).
        core: counts for the finding's size; oedema around it does not.
    """

    tissue: Tissue
    centre_mm: NDArray[np.float64]
    radii_mm: NDArray[np.float64]
    turn: NDArray[np.float64]
    hosts: frozenset[Tissue]
    roughness: float
    waves: NDArray[np.float64]
    phases: NDArray[np.float64]
    core: bool = True

    @property
    def reach_mm(self) -> float:
        """The radius of a ball around the lesion."""
        return float(self.radii_mm.max()) * (1 + self.roughness)

    def scaled(self, factor: float) -> "Lesion":
        """The same lesion, larger or smaller around its centre."""
        return replace(self, radii_mm=self.radii_mm * factor)

    def covers(self, points_mm: NDArray[np.float64]) -> Mask:
        """Which points (..., 3) lie within its surface, whatever tissue is there."""
        away = (points_mm - self.centre_mm) @ self.turn.T / self.radii_mm
        distance = np.sqrt((away**2).sum(axis=-1))
        if self.roughness == 0:
            return np.asarray(distance <= 1)
        near = distance <= 1 + self.roughness
        inside = np.zeros(distance.shape, dtype=bool)
        direction = away[near] / np.maximum(distance[near], 1e-9)[:, None]
        wavy = np.sin(direction @ self.waves.T + self.phases).mean(axis=-1)
        inside[near] = distance[near] <= 1 + self.roughness * np.clip(2 * wavy, -1, 1)
        return inside

    def paint(self, labels: Labels, points_mm: NDArray[np.float64]) -> Mask:
        """Replaces hosts' labels (...) at points (..., 3) in place; where it did."""
        table = np.zeros(256, dtype=bool)
        table[[int(host) for host in self.hosts]] = True
        painted = table[labels] & self.covers(points_mm)
        labels[painted] = self.tissue
        return np.asarray(painted)


def draw_lesion(
    random: np.random.Generator,
    tissue: Tissue,
    centre_mm: NDArray[np.float64],
    radii_mm: tuple[float, float, float],
    hosts: frozenset[Tissue],
    *,
    roughness: float = 0.0,
    turned: bool = True,
    core: bool = True,
) -> Lesion:
    """A lesion with a random surface, and a random orientation if `turned`."""
    turn = np.linalg.qr(random.normal(size=(3, 3)))[0] if turned else np.eye(3)
    waves = random.normal(0.0, 3.2, (_WAVES, 3))
    phases = random.uniform(0, 2 * np.pi, _WAVES)
    radii = np.array(radii_mm, dtype=np.float64)
    return Lesion(tissue, centre_mm, radii, turn, hosts, roughness, waves, phases, core)
