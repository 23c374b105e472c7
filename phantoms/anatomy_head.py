"""The head: scalp, skull, brain with folds and ventricles, orbits."""

from collections.abc import Iterator

from phantoms.habitus import Habitus
from phantoms.shapes import Form, Shape, ball
from phantoms.tissues import Tissue

_SIDES = (-1.0, 1.0)
_BRAIN = frozenset({Tissue.GREY_MATTER, Tissue.WHITE_MATTER})


def brain(habitus: Habitus) -> tuple[Shape, ...]:
    """A head whose ventricles and sulci are the wider the more fluid there is."""
    atrophy = 0.75 + 0.35 * habitus.fluid
    return (*_neck_and_skull(), *_cerebrum(atrophy), *_posterior_fossa(), *_face(), *_ventricles(atrophy))


def _neck_and_skull() -> Iterator[Shape]:
    yield Shape(Tissue.FAT, (0, -12, -100), (58, 62, 70), Form.CYLINDER)
    yield Shape(Tissue.MUSCLE, (0, -12, -100), (53, 57, 70), Form.CYLINDER)
    yield Shape(Tissue.FAT, (0, 0, 0), (77, 95, 100))
    yield Shape(Tissue.CORTICAL_BONE, (0, 0, 0), (73, 91, 96))
    yield Shape(Tissue.MARROW, (0, 0, 0), (70.5, 88.5, 93.5))
    yield Shape(Tissue.CORTICAL_BONE, (0, 0, 0), (69, 87, 92))
    yield Shape(Tissue.CSF, (0, 0, 0), (67, 85, 90))


def _cerebrum(atrophy: float) -> Iterator[Shape]:
    sulci = 0.075 + 0.02 * (atrophy - 1.0)
    yield Shape(Tissue.GREY_MATTER, (0, 0, 8), (65, 82, 79), folds=sulci)
    yield Shape(Tissue.WHITE_MATTER, (0, 0, 8), (56, 72, 69), folds=0.12)
    yield Shape(Tissue.GREY_MATTER, (0, 0, 60), (4.5, 80, 40), Form.BOX, inside=frozenset({Tissue.WHITE_MATTER}))
    yield Shape(Tissue.CSF, (0, 0, 62), (1.3 * atrophy, 82, 42), Form.BOX, inside=_BRAIN)  # between the hemispheres
    yield Shape(Tissue.WHITE_MATTER, (0, 2, 33), (20, 34, 4.5), Form.BOX)  # corpus callosum
    for side in _SIDES:
        yield Shape(Tissue.GREY_MATTER, (45 * side, 6, 2), (8, 20, 14), folds=0.1)  # insula
        yield Shape(Tissue.CSF, (54 * side, 10, 2), (12, 1.6 * atrophy, 13))  # Sylvian fissure
        yield Shape(Tissue.DEEP_GREY_MATTER, (23 * side, 10, 8), (6, 17, 9))  # basal ganglia
        yield Shape(Tissue.DEEP_GREY_MATTER, (12 * side, -12, 8), (8, 13, 8))  # thalamus


def _ventricles(atrophy: float) -> Iterator[Shape]:
    for side in _SIDES:
        yield Shape(Tissue.CSF, (9 * side, 6, 22), (5.5 * atrophy, 33, 8 * atrophy))
        yield Shape(Tissue.CSF, (18 * side, -32, 15), (5.5 * atrophy, 15, 7 * atrophy))
        yield Shape(Tissue.CSF, (31 * side, -10, -12), (3.5 * atrophy, 15, 3.5 * atrophy))
    yield Shape(Tissue.WHITE_MATTER, (0, 6, 24), (1.2, 30, 8), Form.BOX)  # septum
    yield Shape(Tissue.CSF, (0, -8, 8), (2.2 * atrophy, 12, 9))
    yield Shape(Tissue.CSF, (0, -35, -40), (5, 4, 9))


def _posterior_fossa() -> Iterator[Shape]:
    yield Shape(Tissue.CSF, (0, -48, -44), (56, 32, 28))
    yield Shape(Tissue.GREY_MATTER, (0, -48, -44), (52, 29, 25), folds=0.03)
    for side in _SIDES:
        yield Shape(Tissue.WHITE_MATTER, (22 * side, -46, -44), (18, 15, 12), folds=0.2)
    yield Shape(Tissue.CSF, (0, -18, -58), (17, 17, 45))
    yield Shape(Tissue.WHITE_MATTER, (0, -18, -58), (12, 13, 55), Form.CYLINDER)


def _face() -> Iterator[Shape]:
    yield Shape(Tissue.MUSCLE, (0, 46, -66), (54, 47, 34))
    yield Shape(Tissue.AIR, (0, 52, -56), (13, 26, 12))  # nasal cavity
    for side in _SIDES:
        yield ball((30 * side, 64, -42), 17, Tissue.FAT)
        yield ball((30 * side, 70, -42), 11.5, Tissue.FLUID)
        yield ball((28 * side, 44, -66), 11, Tissue.AIR)  # maxillary sinus
