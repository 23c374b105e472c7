"""What was asked and what a number means, in sentences for a reader who knows radiology but not statistics."""

from collections.abc import Mapping
from typing import Any

from retrieval.report.words import counted, shown

Document = Mapping[str, Any]

TASK_NAMES = {
    "text-to-image": "Text asks for images",
    "image-to-text": "Images ask for text",
    "image-to-image": "Images ask for images alike",
    "text-to-text": "Texts ask for texts alike",
}

_RULES = {
    "study": "belongs to the same study",
    "report": "belongs to a study whose report says (nearly) the same",
    "patient": "belongs to the same patient",
    "qrels": "was judged relevant by hand",
}

_PLURALS = {"series": "series", "study": "studies"}

_MEASURES = {
    "recall": "share of the relevant items that are among the first {k}",
    "precision": "share of the first {k} that is relevant",
    "r_precision": "share that is relevant among the first r, where r items are relevant",
    "map": "precision at each relevant item, averaged",
    "mrr": "one over the rank of the first relevant item, averaged",
    "ndcg": "how near the order comes to the best one; early ranks count most",
    "mean_rank": "mean rank of the first relevant item; lower is better",
    "median_rank": "in half of the queries the first relevant item stands at this rank or better; lower is better",
}


def task_name(task: Document) -> str:
    """Such as "Text asks for images"."""
    return TASK_NAMES.get(task["task"], str(task["task"]))


def task_tags(task: Document) -> list[str]:
    """The channel, and level and aggregate where they are not the usual ones."""
    tags = [f"{task['channel']} channel"]
    tags += [f"by {task['level']}"] if task["level"] != "series" else []
    return tags + ([f"{task['aggregate']} vectors"] if task["aggregate"] != "best" else [])


def rule_words(rule: str) -> str:
    """What makes an item relevant.

    >>> rule_words("region+sequence"), rule_words("overlap:finding")
    ('has the same region and sequence', 'shares some finding (the more, the better)')
    """
    if rule in _RULES:
        return _RULES[rule]
    kind, _, columns = rule.rpartition(":")
    named = " and ".join(columns.replace("_", " ").split("+"))
    match kind:
        case "overlap":
            return f"shares some {named} (the more, the better)"
        case "match":
            return f"fits all that the text names of {named}"
        case _:
            return f"has the same {named}"


def asked_sentences(task: Document) -> str:
    """Who asked whom, who was left out, and what counts as found."""
    of_patients = task["patients"] and task["queried"] != "patient"
    text = (
        f"{_items(task['queries'], task['queried'])}{' of ' * bool(of_patients)}"
        f"{counted(task['patients'], 'patient') if of_patients else ''} ask, each in a pool of "
        f"{_items(task['pool'], task['ranked'])}{_of_studies(task)}. "
        f"An item is relevant if it {', or '.join(map(rule_words, task['relevance']))}; "
        f"half of the queries have {task['relevant']['median']:g} or fewer such items "
        f"({task['relevant']['min']} to {task['relevant']['max']}). "
    )
    return text + " ".join(_left_out(task))


def _items(count: int, noun: str) -> str:
    return counted(count, noun, _PLURALS.get(noun, ""))


def _of_studies(task: Document) -> str:
    """Where a pool is not one of studies already."""
    said = task["pool_studies"] and task["ranked"] != "study"
    return f" of {counted(task['pool_studies'], 'study', 'studies')}" if said else ""


def _left_out(task: Document) -> list[str]:
    excluded, said = task["excluded"], []
    if excluded["by"]:
        span = f"{excluded['min']} to {excluded['max']}" if excluded["min"] != excluded["max"] else str(excluded["min"])
        said.append(
            f"All items of the query's own {' and '.join(excluded['by'])} leave its ranking first ({span} a query)."
        )
    else:
        said.append("Nobody is left out of the ranking.")
    if task["queries_without_relevant"]:
        share = f"{task['queries_without_relevant']} ({task['share_without_relevant']:.0%})"
        said.append(f"{share} of the queries have nothing relevant in the pool and are not counted.")
    if task["queries_without_vector"]:
        said.append(f"{task['queries_without_vector']} could not be asked and count as failures.")
    return said


def meaning(measure: str, value: float | None, chance: float | None) -> str:
    """The headline number once more, in words.

    >>> meaning("hit@10", 0.889, 0.206)
    'In 89 of 100 queries something relevant is among the first 10; a random order would manage 21 of 100.'
    """
    kind, _, cutoff = measure.partition("@")
    if kind == "hit" and value is not None:
        by_chance = f"; a random order would manage {100 * chance:.0f} of 100" if chance is not None else ""
        return f"In {100 * value:.0f} of 100 queries something relevant is among the first {cutoff}{by_chance}."
    words = _MEASURES.get(kind, "share of the queries that succeed").format(k=cutoff or "all")
    return f"{measure}: {words}; a random order gets {shown(chance)}."


def worst_sentence(task: Document) -> str:
    """The group that is served worst, by name."""
    worst = task["worst"]
    return (
        f"Served worst, of the groups with enough patients to say so: {worst['by'].replace('_', ' ')} {worst['value']}"
        f", {task['headline']} {shown(worst['metric']['value'])} over "
        f"{counted(worst['queries'], 'query', 'queries')} of {counted(worst['patients'], 'patient')}; "
        f"all queries: {shown(task['metrics'][task['headline']])}."
    )
