"""What the numbers were made of and by: subjects, copied reports, what was not scored, settings, machine, hashes."""

from collections.abc import Mapping
from typing import Any

from retrieval.report.markup import Markup, element
from retrieval.report.tables import skipped_sentence
from retrieval.report.words import counted, plain

Document = Mapping[str, Any]


def subject_name(document: Document) -> str:
    """What the reader calls it."""
    subject = document["subject"]
    return subject["name"] if subject else "Vectors from a table"


def subject_sentences(document: Document) -> str:
    """Whose gallery, and whose queries."""
    subject, asked = document["subject"], document["asked"]
    parts = [_held(subject)] if subject else []
    parts += [f"The queries come from {asked['name']}: {_held(asked)}"] if asked else []
    return " ".join(parts)


def _held(subject: Document) -> str:
    encoder = subject["encoder"]["name"] or "not stated"
    parts = [counted(subject["series"], "series", "series")] if subject["series"] else []
    parts += [counted(subject["reports"], "report")] if subject["reports"] or not parts else []
    return f"{' and '.join(parts)}; encoder: {encoder}."


def not_scored(document: Document) -> list[Markup]:
    """The tasks that could not be scored, and why."""
    if not document["skipped"]:
        return []
    reasons = [element("li", skipped_sentence(one)) for one in document["skipped"]]
    return [element("h4", "Not scored"), element("ul", *reasons, class_="small")]


def clusters(document: Document) -> list[Markup]:
    """Reports that say (nearly) the same: to find one for the other is no mistake."""
    found = document["report_clusters"]
    if not found or not found["clusters"]:
        return []
    words = (
        f"{found['members']} of {found['reports']} reports say (nearly) the same as another one (alike by "
        f"{found['similarity']:g} or more); they form {counted(found['clusters'], 'set')}. Whatever belongs to such a "
        "set counts as relevant for all of it: to call a copied report a mistake would punish the right answer."
    )
    largest = [
        element(
            "li",
            f"{len(ids)}{'+' if len(ids) >= _SHOWN_MEMBERS else ''}: ",
            element("span", ", ".join(ids), class_="id ids"),
        )
        for ids in found["largest"]
    ]
    listed = element("details", element("summary", "The largest sets"), element("ul", *largest, class_="small"))
    return [element("h4", "Reports that say the same"), element("p", words), listed]


_SHOWN_MEMBERS = 10  # so many of a set are named in the document


def made_by(document: Document) -> Markup:
    """Settings, machine and hashes: enough to do it again."""
    subjects = [(role, document[field]) for field, role in (("subject", ""), ("asked", "queries: ")) if document[field]]
    entries: list[tuple[str, object]] = []
    for role, one in subjects:
        entries += [(f"{role}{name}", one[name]) for name in ("snapshot", "content", "code_version")]
        entries.append((f"{role}encoder", f"{one['encoder']['name']} {one['encoder']['fingerprint']}".strip()))
    entries += list(document["configuration"].items())
    entries += list(document["environment"].items())
    listed = [
        part for name, value in entries for part in (element("dt", name.replace("_", " ")), element("dd", plain(value)))
    ]
    return element("details", element("summary", "Settings, machine and hashes"), element("dl", *listed, class_="made"))
