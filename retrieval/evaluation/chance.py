"""What no skill and perfect skill score on the same queries: the two numbers that every number is read against.

Random order is one tie group that holds the whole pool, so the measures themselves, exact over ties, give their own
value at chance:

| measure | at chance, r relevant of n |
|---|---|
| hit@k | 1 - C(n - r, k) / C(n, k) (hypergeometric) |
| recall@k | min(k, n) / n |
| precision@k | r min(k, n) / (n k) |
| r_precision | r / n |
| mrr | sum over j of 1 / j * C(n - j, r - 1) / C(n, r) |
| ndcg@k | r / n * (sum of the first k discounts) / (sum of the first min(k, r) discounts) |
| mean_rank | (n + 1) / (r + 1) |

Each query has its own r and n (after exclusions); the values are averaged over the same queries as the measure itself.
The median rank at chance is the median of the mixture of the queries' own rank distributions (`median_rank.py`), not a
median of means.

Source: McSherry and Najork, ECIR 2008 (a list whose items all tie); closed forms and simulation in
tests/test_retrieval_chance.py.
"""

import numpy as np

from retrieval.evaluation.rank_lists import RankLists


def at_random(lists: RankLists) -> RankLists:
    """The same queries with the whole pool tied: any measure of it is its expected value under a random order."""
    return lists.placed(np.zeros_like(lists.above), lists.pool[lists.owners])


def at_best(lists: RankLists) -> RankLists:
    """The same queries with the relevant items first: any measure of it is the ceiling that an oracle reaches.

    recall@1 of a query with two relevant items cannot exceed 0.5, and precision@10 of one with three cannot exceed 0.3.
    """
    return RankLists(lists.offsets, lists.order, np.ones_like(lists.tied), lists.gains_best_first, lists.pool)
