"""How the people that shapes are painted for differ: fat, muscle, breadth, organs, fluid, and a stream for details."""

from dataclasses import dataclass

import numpy as np

from phantoms import seeds

VARIANTS = 5  # people painted of each region


@dataclass(frozen=True, slots=True, eq=False)
class Habitus:
    """Factors around 1, the middle of adults.

    Attributes:
        fat: thickness of the fat under the skin.
        muscle: half-axes of muscles.
        breadth: of the body within the fat, against its depth.
        organs: half-axes of organs.
        fluid: half-axes of what fills and empties: bladder, ventricles, joint recesses.
        variant: which of the people of a region, from 0.
        random: what else a region leaves to chance.
    """

    fat: float
    muscle: float
    breadth: float
    organs: float
    fluid: float
    variant: int
    random: np.random.Generator

    def around(self, middle: float, share: float) -> float:
        """A length that differs by up to a share from its middle."""
        return middle * float(self.random.uniform(1 - share, 1 + share))


def draw_habitus(region: str, variant: int) -> Habitus:
    """One of the people; fat is spread over the variants so that thin and stout ones are always among them."""
    random = seeds.generator(variant, "habitus", region)
    fat = (1.0, 0.45, 1.8, 0.7, 1.35)[variant % VARIANTS]
    return Habitus(
        fat=fat * float(random.uniform(0.9, 1.1)),
        muscle=float(random.uniform(0.86, 1.1)),
        breadth=float(random.uniform(0.93, 1.07)),
        organs=float(random.uniform(0.88, 1.12)),
        fluid=float((1.0, 0.65, 1.3, 0.85, 1.15)[variant * 3 % VARIANTS] * random.uniform(0.9, 1.1)),
        variant=variant,
        random=random,
    )
