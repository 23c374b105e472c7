"""How far a student's vectors are from its teacher's: one by one, and in how they lie to each other.

For unit rows s_i of the student and t_i of the teacher,

    near      = 1/n sum_i ( 1 - <s_i, t_i> )
    relations = 1/(n (n - 1)) sum_{i != j} ( <s_i, s_j> - <t_i, t_j> )^2

Source: the first is the cosine form of Reimers and Gurevych 2020, "Making Monolingual Sentence Embeddings
Multilingual", section 3; the second is Park et al. 2019, "Relational Knowledge Distillation", with the cosine for the
relation.
"""

import torch
from torch import Tensor


def near_loss(student: Tensor, teacher: Tensor) -> Tensor:
    """The mean of one minus the cosine, a float32 scalar; unit rows (n, d) both.

    >>> near_loss(torch.eye(2), torch.eye(2).flip(0)).item()
    1.0
    """
    return 1 - (student.float() * teacher.float()).sum(dim=1).mean()


def relations_loss(student: Tensor, teacher: Tensor) -> Tensor:
    """The mean squared difference of the cosines of all pairs, a float32 scalar; unit rows (n, d) both.

    >>> same = torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    >>> relations_loss(torch.eye(2), same).item()  # cosine 0 against 1
    1.0
    """
    rows = len(student)
    difference = student.float() @ student.float().T - teacher.float() @ teacher.float().T  # (n, n)
    others = ~torch.eye(rows, dtype=torch.bool, device=student.device)
    return difference[others].square().sum() / max(1, rows * (rows - 1))
