"""A frozen benchmark as a folder: what is in it, and its manifest.

    bundle.json                      settings, subject, counts, the sha256 of every other file
    README.md                        what it is, and how to score a system by it
    tasks/<task>-<channel>/
        queries.parquet              id, what rules, exclusions and strata look at; perhaps vector
        gallery.parquet              likewise; alone where those who ask are those who are ranked
        qrels.trec                   what is relevant after the exclusions; where there are not too many
        exclusions.tsv               QUERY, ITEM: who leaves which ranking; where there are not too many

Relevance and exclusion are columns and rules; the two lists say the same for programs that know no rules. Ids are
pseudonyms. Texts, paths, dates and descriptions of any archive are not in it.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from indexer.records import Channel
from retrieval.evaluation.results import ReportClusters, Subject
from retrieval.evaluation.task_names import Aggregate, Level, Task
from retrieval.evaluation.tasks import SkippedTask, TaskSpec

KIND, VERSION = "mrseek-bundle", 1
MANIFEST, README = "bundle.json", "README.md"
QUERIES, GALLERY, QRELS, EXCLUSIONS = "queries.parquet", "gallery.parquet", "qrels.trec", "exclusions.tsv"


@dataclass(frozen=True, slots=True)
class FrozenSide:
    """Those who ask, or those who are ranked.

    Attributes:
        file: path in the bundle.
        noun: what one of them is.
        items: how many.
        space: name of the space of their vectors.
        dimension: of their vectors; 0 where the bundle holds none.
    """

    file: str
    noun: str
    items: int
    space: str
    dimension: int


@dataclass(frozen=True, slots=True)
class FrozenTask:
    """One task of a bundle.

    Attributes:
        task: which modality asks for which.
        channel: of the series.
        level: what an item is.
        aggregate: how items with several vectors are compared.
        relevance: rules, as `mrseek eval --relevance` reads them; any of them makes an item relevant.
        exclusion: columns; who shares a value with the query leaves its ranking, and so does the query itself.
            Empty where nobody is left out.
        queries: who asks.
        gallery: who is ranked; the same as `queries` where they are the same.
        qrels: judgments in qrels.trec; None where there would be too many.
        gain_scale: what a gain of 1 is written as there: 1 where relevance is yes or no.
        exclusions: pairs in exclusions.tsv; None where there would be too many.
    """

    task: str
    channel: str
    level: str
    aggregate: str
    relevance: tuple[str, ...]
    exclusion: tuple[str, ...]
    queries: FrozenSide
    gallery: FrozenSide
    qrels: int | None
    gain_scale: int
    exclusions: int | None

    @property
    def spec(self) -> TaskSpec:
        """As the evaluation names it."""
        return TaskSpec(Task(self.task), Channel(self.channel), Level(self.level), Aggregate(self.aggregate))


@dataclass(frozen=True, slots=True)
class FrozenFile:
    """A file of a bundle, as it was written."""

    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class BundleManifest:
    """All that bundle.json says.

    Attributes:
        title: what it is called.
        note: licence, origin, whatever its makers want to say.
        configuration: the settings (`Settings.as_configuration`).
        subject: whose gallery.
        asked: whose queries, where they come from another collection.
        assumed_patients: series whose folder stands in for the patient.
        report_clusters: (nearly) equal reports.
        tasks: what is in it.
        skipped: what could not be asked, and why.
        with_vectors: whether it holds vectors.
        made_by: machine and versions.
        files: every other file.
    """

    title: str
    note: str
    configuration: Mapping[str, Any]
    subject: Subject
    asked: Subject | None
    assumed_patients: int
    report_clusters: ReportClusters | None
    tasks: tuple[FrozenTask, ...]
    skipped: tuple[SkippedTask, ...]
    with_vectors: bool
    made_by: Mapping[str, Any]
    files: Mapping[str, FrozenFile]


def as_json(manifest: BundleManifest) -> dict[str, Any]:
    """Plain types; `from_json` reads them."""
    return {"kind": KIND, "version": VERSION, **asdict(manifest)}


def from_json(document: Mapping[str, Any]) -> BundleManifest:
    """The manifest in a document of this version.

    Raises:
        KeyError, TypeError, ValueError: it is not one.
    """
    clusters = document["report_clusters"]
    if clusters is not None:
        clusters = ReportClusters(**clusters | {"largest": tuple(tuple(one) for one in clusters["largest"])})
    return BundleManifest(
        title=str(document["title"]),
        note=str(document["note"]),
        configuration=dict(document["configuration"]),
        subject=Subject(**document["subject"]),
        asked=Subject(**document["asked"]) if document["asked"] is not None else None,
        assumed_patients=int(document["assumed_patients"]),
        report_clusters=clusters,
        tasks=tuple(_task(one) for one in document["tasks"]),
        skipped=tuple(
            SkippedTask(Task(one["task"]), Channel(one["channel"]), str(one["reason"])) for one in document["skipped"]
        ),
        with_vectors=bool(document["with_vectors"]),
        made_by=dict(document["made_by"]),
        files={str(name): FrozenFile(**one) for name, one in document["files"].items()},
    )


def _task(one: Mapping[str, Any]) -> FrozenTask:
    sides = {name: FrozenSide(**one[name]) for name in ("queries", "gallery")}
    rules = {name: tuple(one[name]) for name in ("relevance", "exclusion")}
    return FrozenTask(**{**one, **sides, **rules})
