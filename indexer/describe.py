"""The card phase: a card and typed columns for every indexed series whose header, content or rules are new."""

from collections.abc import Mapping
from typing import Any

from indexer.catalog.readings import (
    ContentState,
    Description,
    list_content_states,
    read_series,
    set_description,
)
from indexer.catalog.store import Catalog
from indexer.catalog.work import FailureNote, fail
from indexer.columns import header_columns
from indexer.content import text_hash, token_of
from indexer.decode import reading_from_json
from indexer.header.card import card_text
from indexer.header.normalise import normalise_header
from indexer.records import FoundSeries, Stage
from indexer.rules import header_rules

_BATCH = 256


def describe_series(catalog: Catalog) -> int:
    """Describes what is to be described, in short transactions; returns how many series that were."""
    rules = header_rules()
    with catalog.read() as connection:
        states = list_content_states(connection)
    due = {state.series: token for state in states if (token := _token(state, rules)) != state.described_from}
    keys = list(due)
    for start in range(0, len(keys), _BATCH):
        _describe_batch(catalog, {key: due[key] for key in keys[start : start + _BATCH]})
    return len(due)


def _describe_batch(catalog: Catalog, due: Mapping[int, str]) -> None:
    with catalog.write() as connection:
        for series, found, reading in read_series(connection, list(due)):
            outcome = _describe(series, found, reading, due[series])
            if isinstance(outcome, Description):
                set_description(connection, outcome)
            else:
                fail(connection, series, outcome)


def _describe(series: int, found: FoundSeries, raw_reading: Mapping[str, Any], token: str) -> Description | FailureNote:
    try:
        reading = reading_from_json(raw_reading)
        header = normalise_header(found, reading.sidecar, reading.geometry)
        card = card_text(header)
        columns = header_columns(found, header, reading)
    except Exception as error:  # noqa: BLE001 - an odd header costs its series, never the run
        name = type(error).__name__
        remedy = "Please report it to mrseek's developers; `mrseek retry` tries again."
        return FailureNote(Stage.INVENTORY.value, name, f"The header could not be normalised ({name}).", remedy)
    return Description(series, token, card, text_hash(card), columns)


def _token(state: ContentState, rules: str) -> str:
    return token_of(state.metadata_token, state.content_hash, state.image_hash, rules)
