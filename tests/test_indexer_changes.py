"""The plan, as a pure function of what is known and what is found."""

from dataclasses import replace

from common.pseudonym import Pseudonymizer
from indexer.changes import Change, ChangeKind, KnownSeries, SeenSeries, SourceChanges, move_candidates, plan_changes
from indexer.content import metadata_token, stat_token
from indexer.identity import identify
from indexer.records import FileStat, FoundSeries, SourceKind

KEY = Pseudonymizer(b"0" * 32)


def found(key: str, size: int = 10, mtime: int = 1, kind: SourceKind = SourceKind.NIFTI, path: str = "") -> SeenSeries:
    path = path or key
    series = FoundSeries(kind, key, path, (FileStat(path, size, mtime),))
    return SeenSeries(series, identify(series, "archive", KEY), stat_token(series.files), metadata_token(series))


def known(seen: SeenSeries, number: int, content: str = "hash", **facts: object) -> KnownSeries:
    series = KnownSeries(
        id=number,
        series_id=seen.identity.series_id,
        key=seen.found.key,
        path=seen.found.path,
        kind=seen.found.kind.value,
        stat_token=seen.stat_token,
        metadata_token=seen.metadata_token,
        content_hash=content,
        size_bytes=seen.size_bytes,
        present=True,
        indexed=True,
    )
    return replace(series, **facts)  # type: ignore[arg-type]


def plan(before: list[KnownSeries], seen: list[SeenSeries], hashes: dict[str, str] | None = None) -> SourceChanges:
    return plan_changes(before, seen, hashes or {}, source="archive", elsewhere={}, pseudonymize=KEY)


def only(changes: SourceChanges) -> Change:
    (change,) = changes.changes
    return change


def test_the_same_again_touches_nothing() -> None:
    change = only(plan([known(found("a.nii"), 1)], [found("a.nii")]))
    assert (change.kind, change.touches, change.queue) == (ChangeKind.UNCHANGED, False, False)


def test_other_times_are_looked_into() -> None:
    change = only(plan([known(found("a.nii"), 1)], [found("a.nii", mtime=2)]))
    assert (change.kind, change.touches, change.queue) == (ChangeKind.CHANGED, True, True)


def test_what_is_not_found_is_removed() -> None:
    changes = plan([known(found("a.nii"), 1), known(found("b.nii"), 2)], [found("b.nii")])
    assert [series.key for series in changes.removed] == ["a.nii"]


def test_a_file_at_a_new_place_with_the_content_of_a_lost_one_was_moved() -> None:
    before, after = known(found("a.nii"), 1, "same"), found("b.nii", mtime=9)
    assert move_candidates([before], [after]) == (after,)
    changes = plan([before], [after], {"b.nii": "same"})
    change = only(changes)
    assert (change.kind, change.queue, changes.removed) == (ChangeKind.MOVED, False, ())
    assert change.seen.identity.series_id == before.series_id


def test_a_copy_beside_the_original_is_another_series() -> None:
    before = known(found("a.nii"), 1, "same")
    assert move_candidates([before], [found("a.nii"), found("b.nii")]) == ()
    kinds = [change.kind for change in plan([before], [found("a.nii"), found("b.nii")]).changes]
    assert kinds == [ChangeKind.UNCHANGED, ChangeKind.NEW]


def test_a_file_of_another_size_is_never_hashed_for_a_move() -> None:
    assert move_candidates([known(found("a.nii", size=10), 1)], [found("b.nii", size=11)]) == ()


def test_a_new_file_where_a_moved_one_was_gets_an_id_of_its_own() -> None:
    moved = replace(known(found("a.nii"), 1), key="b.nii", path="b.nii", stat_token=found("b.nii").stat_token)
    fresh = plan([moved], [found("a.nii"), found("b.nii")]).changes[0]
    assert fresh.kind is ChangeKind.NEW
    assert fresh.seen.identity.series_id != moved.series_id


def test_what_comes_back_is_itself_again() -> None:
    gone = known(found("a.nii"), 1, present=False)
    change = only(plan([gone], [found("a.nii")]))
    assert (change.kind, change.queue, change.touches) == (ChangeKind.NEW, False, True)
    assert change.seen.identity.series_id == gone.series_id


def test_an_item_that_waits_is_left_to_whoever_has_it() -> None:
    change = only(plan([known(found("a.nii"), 1, "", indexed=False)], [found("a.nii")]))
    assert (change.kind, change.queue, change.touches) == (ChangeKind.NEW, False, False)


def test_a_dicom_series_in_another_folder_was_moved() -> None:
    here = found("1.2.3", kind=SourceKind.DICOM, path="old")
    change = only(plan([known(here, 1)], [found("1.2.3", kind=SourceKind.DICOM, path="new")]))
    assert (change.kind, change.queue) == (ChangeKind.MOVED, True)


def test_a_dicom_series_of_another_source_is_not_taken_twice() -> None:
    seen = found("1.2.3", kind=SourceKind.DICOM)
    changes = plan_changes([], [seen], {}, source="b", elsewhere={seen.identity.series_id: "a"}, pseudonymize=KEY)
    assert (changes.changes, [skip.reason for skip in changes.elsewhere]) == (
        (),
        ['the same series is in source "a"'],
    )
