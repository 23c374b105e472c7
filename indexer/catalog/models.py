"""The catalog's tables.

The catalog is the sensitive part of a collection: natural identifiers live here and nowhere else.

    meta                 who this catalog is: schema version, catalog id, revision
    sources              the archives: name, root, kind
    patients, studies    pseudonym and natural identifier
    series               what an inventory found, what decoding told, and the columns made from both
    work                 one item a series: who has it, how often it was tried, why it failed
    skipped, unreadable  what an inventory could not use
    report_files         the tables and folders that reports were read from
    reports, passages    their text, the study of each, and the passages that vectors stand for
    shards, vectors      which immutable file holds the vector of which content, by channel and tower
    snapshots            what was published when

`revision` counts every change that a snapshot would show: a snapshot is due when it differs from the one that the last
was made from. The schema is stamped with one version number; migrations (Alembic) come with its second version.
"""

from typing import Any

from sqlalchemy import JSON, BigInteger, Float, ForeignKey, Index, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Json = Any


class Base(DeclarativeBase):
    """Base of every table."""


class Meta(Base):
    """One fact about the catalog itself."""

    __tablename__ = "meta"
    key: Mapped[str] = mapped_column(String, primary_key=True)
    value: Mapped[str] = mapped_column(String)


class Source(Base):
    """One archive."""

    __tablename__ = "sources"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String, unique=True)
    root: Mapped[str] = mapped_column(String)
    kind: Mapped[str] = mapped_column(String)
    table_path: Mapped[str] = mapped_column(String, default="")


class Patient(Base):
    """One patient; `natural` is the JSON list of what the pseudonym was made from."""

    __tablename__ = "patients"
    patient_id: Mapped[str] = mapped_column(String, primary_key=True)
    natural: Mapped[str] = mapped_column(Text)


class Study(Base):
    """One study; `natural` is the JSON list of what the pseudonym was made from."""

    __tablename__ = "studies"
    study_id: Mapped[str] = mapped_column(String, primary_key=True)
    patient_id: Mapped[str] = mapped_column(ForeignKey("patients.patient_id"))
    natural: Mapped[str] = mapped_column(Text)


class Series(Base):
    """One series, present or removed.

    `stat_token` stands for paths, sizes and times of its files, `metadata_token` for all else that the inventory says
    of it. `content_hash` is the content that was last indexed, "" before the first time; `image_hash` stands for what
    the image tower was given of it: copies, and whatever else looks the same to the tower, share one vector.
    `described_from` stands for all that `card` and `columns` were made from, "" where they are to be made again. A
    series that was removed keeps its row, so that it has the same identity when it comes back.
    """

    __tablename__ = "series"
    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[str] = mapped_column(String, unique=True)
    row_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id"))
    study_id: Mapped[str] = mapped_column(ForeignKey("studies.study_id"))
    patient_id: Mapped[str] = mapped_column(ForeignKey("patients.patient_id"))
    kind: Mapped[str] = mapped_column(String)
    key: Mapped[str] = mapped_column(String)
    path: Mapped[str] = mapped_column(String)
    patient_key: Mapped[str] = mapped_column(String, default="")
    study_key: Mapped[str] = mapped_column(String, default="")
    accession: Mapped[str] = mapped_column(String, default="")
    files: Mapped[Json] = mapped_column(JSON)
    tags: Mapped[Json] = mapped_column(JSON)
    entities: Mapped[Json] = mapped_column(JSON)
    extra: Mapped[Json] = mapped_column(JSON)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    stat_token: Mapped[str] = mapped_column(String)
    metadata_token: Mapped[str] = mapped_column(String)
    present: Mapped[bool] = mapped_column(default=True)
    content_hash: Mapped[str] = mapped_column(String, default="")
    image_hash: Mapped[str] = mapped_column(String, default="")
    reading: Mapped[Json] = mapped_column(JSON, default=dict)
    described_from: Mapped[str] = mapped_column(String, default="")
    card: Mapped[str] = mapped_column(Text, default="")
    card_hash: Mapped[str] = mapped_column(String, default="")
    columns: Mapped[Json] = mapped_column(JSON, default=dict)

    __table_args__ = (
        Index("series_by_source", "source_id", "present"),
        Index("series_by_image", "image_hash"),
        Index("series_by_card", "card_hash"),
        Index("series_by_study", "study_id"),
    )


class Work(Base):
    """The work item of a series. A lease ends by commit, by its owner's death, or by time."""

    __tablename__ = "work"
    series: Mapped[int] = mapped_column(ForeignKey("series.id"), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String)
    state: Mapped[str] = mapped_column(String)
    owner: Mapped[str] = mapped_column(String, default="")
    leased_until: Mapped[float] = mapped_column(Float, default=0.0)
    attempts: Mapped[int] = mapped_column(default=0)
    stage: Mapped[str] = mapped_column(String, default="")
    error_class: Mapped[str] = mapped_column(String, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    remedy: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (Index("work_by_state", "state"),)


class Skipped(Base):
    """A file or group of an archive that is no MRI series."""

    __tablename__ = "skipped"
    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id"))
    path: Mapped[str] = mapped_column(String)
    reason: Mapped[str] = mapped_column(Text)


class Unreadable(Base):
    """A series whose headers could not be read: it has no identity, only a place."""

    __tablename__ = "unreadable"
    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id"))
    path: Mapped[str] = mapped_column(String)
    stage: Mapped[str] = mapped_column(String)
    reason: Mapped[str] = mapped_column(Text)
    remedy: Mapped[str] = mapped_column(Text)


class ReportFile(Base):
    """A table or folder that reports were read from."""

    __tablename__ = "report_files"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String, unique=True)
    path: Mapped[str] = mapped_column(String)


class Report(Base):
    """One report; `study_id` is "" and `unjoined` says why where no study was found for it."""

    __tablename__ = "reports"
    report_id: Mapped[str] = mapped_column(String, primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("report_files.id"))
    key: Mapped[str] = mapped_column(String)
    text: Mapped[str] = mapped_column(Text)
    text_hash: Mapped[str] = mapped_column(String)
    study_key: Mapped[str] = mapped_column(String, default="")
    patient_key: Mapped[str] = mapped_column(String, default="")
    accession: Mapped[str] = mapped_column(String, default="")
    series_key: Mapped[str] = mapped_column(String, default="")
    path: Mapped[str] = mapped_column(String, default="")
    date: Mapped[str] = mapped_column(String, default="")
    study_id: Mapped[str] = mapped_column(String, default="")
    patient_id: Mapped[str] = mapped_column(String, default="")
    unjoined: Mapped[str] = mapped_column(Text, default="")
    split: Mapped[str] = mapped_column(String, default="")


class Passage(Base):
    """A passage of a report: what one report vector stands for."""

    __tablename__ = "passages"
    report_id: Mapped[str] = mapped_column(ForeignKey("reports.report_id", ondelete="CASCADE"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    row_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    section: Mapped[str] = mapped_column(String)
    text: Mapped[str] = mapped_column(Text)
    text_hash: Mapped[str] = mapped_column(String, index=True)


class Shard(Base):
    """An immutable file of vectors; `path` is relative to the collection."""

    __tablename__ = "shards"
    id: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(String, unique=True)
    channel: Mapped[str] = mapped_column(String)
    fingerprint: Mapped[str] = mapped_column(String)
    sha256: Mapped[str] = mapped_column(String)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    rows: Mapped[int] = mapped_column()


class Vector(Base):
    """Where the vector of a content is: one for each tower and channel, however many rows share it."""

    __tablename__ = "vectors"
    fingerprint: Mapped[str] = mapped_column(String, primary_key=True)
    channel: Mapped[str] = mapped_column(String, primary_key=True)
    content_hash: Mapped[str] = mapped_column(String, primary_key=True)
    shard_id: Mapped[int] = mapped_column(ForeignKey("shards.id"), index=True)


class Snapshot(Base):
    """A published snapshot."""

    __tablename__ = "snapshots"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    revision: Mapped[int] = mapped_column()
    created_at: Mapped[str] = mapped_column(String)
    manifest_sha256: Mapped[str] = mapped_column(String)
