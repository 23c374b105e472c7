"""The README of a bundle: what it is, and how to score a system by it, for people who have never heard of mrseek."""

from retrieval.brought.bundle_form import EXCLUSIONS, QRELS, BundleManifest, FrozenTask


def readme_of(manifest: BundleManifest) -> str:
    """Markdown."""
    encoder = f"{manifest.subject.encoder} ({manifest.subject.fingerprint[:16]})"
    blocks = [
        f"# {manifest.title}",
        manifest.note or "Its makers have not said under which licence it may be used, and whose data it is: ask them.",
        f"A frozen retrieval benchmark, made by mrseek from snapshot {manifest.subject.snapshot} of a collection whose "
        f"vectors are by the encoder {encoder}. It holds pseudonyms and what headers say; no text, path, date or image"
        f"{', and the vectors of that encoder' if manifest.with_vectors else '; and no vectors'}. "
        "`bundle.json` holds the settings and the sha256 of every file.",
        *(_task(task) for task in manifest.tasks),
        "## Score a system by it",
        "Rank, for each query, the items of the gallery, and write a TREC run (`QUERY Q0 ITEM RANK SCORE TAG`):",
        _COMMANDS,
        "mrseek checks every hash, leaves out who must be left out, works ties out exactly, counts queries that the "
        "run lacks as failures, and puts chance, baselines and intervals by patient beside each number.",
        f"By hand: remove from your run the pairs of `{EXCLUSIONS}` (QUERY, ITEM), *then* cut it at k, and score it by "
        f"`{QRELS}` with trec_eval or ir_measures. Do not skip the first step: it is what keeps a query from finding "
        "itself or its own patient. Queries without a line there have nothing to be found, and are in no mean.",
    ]
    return "\n\n".join(blocks) + "\n"


_COMMANDS = """```
mrseek eval --bundle . --run run.trec --task TASK --channel CHANNEL
mrseek eval --bundle . --queries queries.npz --items gallery.npz --task TASK --channel CHANNEL
mrseek eval --bundle .            # by the vectors in it, where it holds any
```"""


def _task(task: FrozenTask) -> str:
    lines = [
        f"## {task.task} on {task.channel}",
        "",
        f"- level: {task.level}; items of several vectors are compared by their {task.aggregate}",
        f"- queries: {task.queries.items} ({task.queries.noun}), `{task.queries.file}`",
        f"- gallery: {task.gallery.items} ({task.gallery.noun}), `{task.gallery.file}`",
        f"- relevant is any of: {', '.join(f'`{rule}`' for rule in task.relevance)}",
        f"- leaves a ranking: {_left_out(task)}",
        f"- `{QRELS}`: {_judged(task)}",
    ]
    return "\n".join(lines)


def _left_out(task: FrozenTask) -> str:
    if not task.exclusion:
        return "nobody"
    pairs = "too many pairs to list" if task.exclusions is None else f"{task.exclusions} pairs in `{EXCLUSIONS}`"
    return f"the query itself, and who shares its {' or '.join(task.exclusion)} ({pairs})"


def _judged(task: FrozenTask) -> str:
    if task.qrels is None:
        return "not written, too many judgments; the columns and the rule say the same"
    if task.gain_scale == 1:
        return f"{task.qrels} judgments, relevant is 1; separated by tabs"
    return f"{task.qrels} judgments, gains times {task.gain_scale} as whole numbers; separated by tabs"
