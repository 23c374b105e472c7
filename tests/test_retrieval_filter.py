"""Filters: what they mean, against Python; what they must never do, whatever is tried."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import FilterError
from retrieval.filter import Exclusions, eligible_rows
from retrieval.tables import QueryLimits, Table, Tables
from tests.made_collection import MadeCollection, make_collection


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MadeCollection:
    extra = {"Grade": [None if place % 7 == 0 else place % 4 for place in range(60)], "sex": ["x"] * 60}
    return make_collection(tmp_path_factory.mktemp("filter") / "made", extra=extra)


@pytest.fixture(scope="module")
def tables(made: MadeCollection) -> Iterator[Tables]:
    opened = Tables(made.path / "snapshots" / "1")
    yield opened
    opened.close()


def passing(tables: Tables, where: str, table: Table = Table.SERIES, **excluded: tuple[str, ...]) -> list[int]:
    found = eligible_rows(tables, table, where, Exclusions(**excluded)).positions
    return list(range(tables.count(table))) if found is None else found.tolist()


CASES: dict[str, Callable[[dict[str, Any]], bool]] = {
    "sequence = 'FLAIR'": lambda row: row["sequence"] == "FLAIR",
    "SEQUENCE = 'FLAIR'": lambda row: row["sequence"] == "FLAIR",
    "age_years between 30 and 50 and field_strength_t >= 3": lambda row: (
        row["age_years"] is not None and 30 <= row["age_years"] <= 50 and row["field_strength_t"] >= 3
    ),
    "not contrast": lambda row: not row["contrast"],
    "age_years is null or region in ('brain', 'spine')": lambda row: (
        row["age_years"] is None or row["region"] in ("brain", "spine")
    ),
    "region not in ('brain', 'spine')": lambda row: row["region"] == "prostate",
    "lower(card) like '%axial%'": lambda row: "axial" in row["card"],
    "card ~ 'T[12]'": lambda row: "T1" in row["card"] or "T2" in row["card"],
    "study_date >= '2005-01-01'": lambda row: row["study_date"] >= "2005-01-01",
    "tr_ms / 1000 > 4.5": lambda row: row["tr_ms"] / 1000 > 4.5,
    "case when contrast then slices > 50 else slices > 100 end": lambda row: (
        row["slices"] > (50 if row["contrast"] else 100)
    ),
    "coalesce(age_years, 0) = 0": lambda row: row["age_years"] is None,
    "age_years::int % 2 = 1": lambda row: row["age_years"] is not None and row["age_years"] % 2 == 1,
    "sex = 'F' -- and a comment": lambda row: row["sex"] == "F",
    "x_sex = 'x'": lambda row: True,
    "grade >= 2": lambda row: row["row_place"] % 7 != 0 and row["row_place"] % 4 >= 2,
    "true": lambda row: True,
    "false": lambda row: False,
    "": lambda row: True,
}


@pytest.mark.parametrize("where", CASES)
def test_means_what_python_means(made: MadeCollection, tables: Tables, where: str) -> None:
    wanted = [place for place, row in enumerate(made.series) if CASES[where](row | {"row_place": place})]
    assert passing(tables, where) == wanted


@settings(deadline=None, max_examples=40)
@given(
    low=st.integers(0, 100),
    sequences=st.lists(st.sampled_from(["T1", "T2", "nothing", "o'clock"]), min_size=1, max_size=3),
    patients=st.lists(st.integers(0, 9), max_size=3),
    studies=st.lists(st.integers(0, 19), max_size=3),
    series=st.lists(st.integers(0, 70), max_size=3),
)
def test_filters_and_exclusions_together(made, tables, low, sequences, patients, studies, series) -> None:
    listed = ", ".join("'" + one.replace("'", "''") + "'" for one in sequences)
    excluded = {
        "patients": tuple(f"pat-{one:016x}" for one in patients),
        "studies": tuple(f"stu-{one:016x}" for one in studies),
        "series": tuple(f"ser-{one:016x}" for one in series),
    }
    gone = {one for ids in excluded.values() for one in ids}
    wanted = [
        place
        for place, row in enumerate(made.series)
        if (row["sequence"] in sequences or (row["age_years"] or 0) > low)
        and not gone & {row["patient_id"], row["study_id"], row["series_id"]}
    ]
    assert passing(tables, f"sequence in ({listed}) or age_years > {low}", **excluded) == wanted


def test_a_passage_passes_where_a_series_of_its_study_does(made: MadeCollection, tables: Tables) -> None:
    studies = {row["study_id"] for row in made.series if row["sequence"] == "DWI" and row["contrast"]}
    wanted = [place for place, row in enumerate(made.passages) if row["study_id"] in studies]
    assert passing(tables, "sequence = 'DWI' and contrast", Table.REPORTS) == wanted
    assert 0 < len(wanted) < len(made.passages)


ATTACKS = [
    "true; drop table series",
    "true; select 1",
    ";",
    "true) or (true",
    "true) union all (select 1",
    "true union select row_id from series",
    "true intersect select 1",
    "true order by row_id",
    "true limit 1",
    "true group by row_id",
    "true having true",
    "true qualify true",
    "true window w as ()",
    "true using sample 1",
    "true /*",
    "true /* */ */",
    "'",
    "(select true)",
    "exists (select 1 from reports)",
    "row_id in (select row_id from reports)",
    "row_id = any(select row_id from reports)",
    "row_id in (with recursive r(n) as (select 1 union all select n + 1 from r) select n from r)",
    "exists (from read_csv('/etc/passwd'))",
    "exists (from read_text('/etc/passwd'))",
    "exists (from '/etc/passwd')",
    "exists (from glob('/*'))",
    "read_csv('/etc/passwd') is null",
    "read_text('/etc/passwd') is null",
    "copy series to '/tmp/x.csv'",
    "attach '/tmp/x.db'",
    "pragma database_list",
    "install httpfs",
    "load httpfs",
    "set threads = 1",
    "call pragma_version()",
    "getenv('HOME') = 'x'",
    "current_setting('threads') = 1",
    "pg_backend_pid() > 0",
    "pg_typeof(row_id) = 'bigint'",
    "current_user = 'x'",
    "version() = 'x'",
    "getvariable('x') is null",
    "nextval('x') > 0",
    "query('select 1') is null",
    "json_serialize_sql('select 1') is null",
    "random() < 0.5",
    "uuid() is null",
    "now() is null",
    "list_filter([1], x -> x > 0) is null",
    "list_transform(range(1000000000), x -> x + 1) is null",
    "len(range(1000000000)) > 0",
    "length(repeat('x', 1000000000)) > 0",
    "length(lpad('x', 1000000000, 'x')) > 0",
    "count(*) > 0",
    "max(age_years) > 0",
    "row_number() over () > 0",
    "[1, 2, 3] is null",
    "{'a': 1} is null",
    "array_agg(row_id) is null",
    "$1 is null",
    "? is null",
    "#1 is null",
    "* is null",
    "columns('.*') is null",
    "series is null",
    "series.row_id > 0",
    "main.series.row_id > 0",
    "main.lower(card) = 'x'",
    "rowid > 0",
    "filename = 'x'",
    "file_row_number > 0",
    "card collate nocase = 'x'",
    "row_id::int[] is null",
    "card::json is null",
    "card::made_up is null",
    "cast(card as enum('a')) is null",
    "interval '1 day' is null",
    "card at time zone 'UTC' is null",
    "not " * 3000 + "true",
    "(" * 4000 + "true" + ")" * 4000,
    "card = '" + "x" * 20_000 + "'",
]


@pytest.mark.parametrize("where", ATTACKS, ids=lambda text: text[:40])
def test_is_refused(tables: Tables, where: str) -> None:
    with pytest.raises(FilterError) as caught:
        eligible_rows(tables, Table.SERIES, where, Exclusions())
    assert caught.value.exit_code == 2
    assert "SET " not in str(caught.value)
    assert passing(tables, "sequence = 'T1'")  # the connection is none the worse


SECOND_WALL = [
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    "COPY series TO '/tmp/mrseek-must-not-exist.csv'",
    "ATTACH '/tmp/mrseek-must-not-exist.db'",
    "SET enable_external_access = true",
    "SET threads = 1",
    "RESET lock_configuration",
    "INSTALL httpfs",
    "SELECT * FROM a_python_variable",
    "SELECT getenv('HOME')",
]


@pytest.mark.parametrize("sql", SECOND_WALL)
def test_the_connection_itself_reaches_nothing(tables: Tables, sql: str) -> None:
    import duckdb

    a_python_variable = {"x": np.arange(3)}
    with pytest.raises(duckdb.Error):
        tables.rows(sql)
    assert a_python_variable and not list(Path("/tmp").glob("mrseek-must-not-exist*"))


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("sequnce = 'T1'", 'There is no column "sequnce". Did you mean "sequence"'),
        ("sequence = FLAIR", "put it in single quotes: 'FLAIR'"),
        ('sequence = "T1"', "put it in single quotes: 'T1'"),
        ("sequence > 3", "sequence is text"),
        ("age_years = 'young'", "age_years is a number"),
        ("slices", "of type BIGINT; expected true or false"),
        ("card", "of type VARCHAR; expected true or false"),
        ("contrast = 'perhaps'", "contrast is true or false"),
        ("sequence =", "cannot be read: syntax error"),
        ("lowr(card) = 'x'", 'Did you mean "lower"'),
    ],
)
def test_mistakes_are_explained(tables: Tables, where: str, said: str) -> None:
    with pytest.raises(FilterError) as caught:
        eligible_rows(tables, Table.SERIES, where, Exclusions())
    assert said in str(caught.value)
    assert caught.value.remedy


def test_a_conversion_error_quotes_no_value_of_the_table(tables: Tables) -> None:
    with pytest.raises(FilterError) as caught:
        eligible_rows(tables, Table.SERIES, "patient_id::int > 3", Exclusions())
    assert "pat-" not in str(caught.value)


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("sequence = 'flair'", '"sequence" never has the value "flair". Did you mean "FLAIR"?'),
        ("region in ('brian')", '"region" never has the value "brian". Did you mean "brain"?'),
        ("site = 'here' and sequence = 'T1'", '"site" is empty in every series.'),
        ("age_years > 200", "No series passes the filter."),
    ],
)
def test_nothing_found_is_explained(tables: Tables, where: str, said: str) -> None:
    found = eligible_rows(tables, Table.SERIES, where, Exclusions())
    assert found.positions is not None and not len(found.positions)
    assert said in found.explanation


@pytest.mark.parametrize("where", ["study_date = 'x'", "evidence = 'x'"])
def test_an_explanation_quotes_no_hidden_column(tables: Tables, where: str) -> None:
    assert "never has the value" not in eligible_rows(tables, Table.SERIES, where, Exclusions()).explanation


def test_a_slow_filter_is_stopped(tmp_path: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    rows = 300_000
    table = pa.table({"row_id": np.arange(rows), "card": ["axial T1 brain " * 5] * rows})
    pq.write_table(table, tmp_path / "series.parquet")
    hurried = Tables(tmp_path, QueryLimits(seconds=0.5))
    slow = " or ".join(f"card ~ '(.*a){{20}}(.*b){{20}}{place}'" for place in range(100))
    try:
        with pytest.raises(FilterError, match=r"longer than 0\.5 s"):
            eligible_rows(hurried, Table.SERIES, slow, Exclusions())
        assert len(eligible_rows(hurried, Table.SERIES, "row_id < 5", Exclusions()).positions) == 5
    finally:
        hurried.close()
