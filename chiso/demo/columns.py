"""Columns of the contract tables that the demo writes, as Parquet types; changes if the tables do."""

from __future__ import annotations

import pyarrow as pa

_TEXT, _WHOLE, _FLAG = pa.string(), pa.int32(), pa.bool_()
_DAY, _MOMENT = pa.date32(), pa.timestamp("us")


def _schema(**columns: pa.DataType) -> pa.Schema:
    return pa.schema(list(columns.items()))


DOSSIERS = _schema(
    dossier_id=_TEXT,
    procedure_id=_TEXT,
    unit=_TEXT,
    status=_WHOLE,
    channel=_WHOLE,
    submitted_at=_MOMENT,
    received_at=_MOMENT,
    due_at=_MOMENT,
    done_at=_MOMENT,
    returned_at=_MOMENT,
    ended_at=_MOMENT,
    supplement_count=_WHOLE,
    supplement_asked_at=_MOMENT,
    supplement_done_at=_MOMENT,
    supplement_hours=_WHOLE,
    components_file=_FLAG,
    result_file=_FLAG,
    reused=_FLAG,
    from_store=_FLAG,
    population_data=_FLAG,
    fee_total=pa.int64(),
    fee_lines_zero=_FLAG,
    paid_online=_WHOLE,
    synced_at=_MOMENT,
    disliked=_FLAG,
    petitioned=_FLAG,
)
PROCEDURES = _schema(
    procedure_id=_TEXT,
    name=_TEXT,
    field=_TEXT,
    agency=_TEXT,
    levels=_TEXT,
    decision_date=_DAY,
    basis_effective_date=_DAY,
    made_public_at=_MOMENT,
    parts_complete=_FLAG,
    online=_TEXT,
    has_fee=_FLAG,
    returns_paper=_FLAG,
    for_citizens=_FLAG,
    max_term=_WHOLE,
    term_unit=_TEXT,
)
DECISIONS = _schema(
    decision_id=_TEXT,
    procedure_id=_TEXT,
    decision_date=_DAY,
    basis_effective_date=_DAY,
    made_public_at=_MOMENT,
)
SERVICES = _schema(service_id=_TEXT, procedure_id=_TEXT, unit=_TEXT, public=_FLAG)
PETITIONS = _schema(
    petition_id=_TEXT,
    unit=_TEXT,
    sent_at=_MOMENT,
    forwarded_at=_MOMENT,
    first_received_at=_MOMENT,
    refused_at=_MOMENT,
    supplement_asked_at=_MOMENT,
    answered_at=_MOMENT,
    published_at=_MOMENT,
    disliked=_FLAG,
    raised_again=_FLAG,
    kind=_TEXT,
)
NATIONAL_COUNTS = _schema(unit=_TEXT, period=_TEXT, received=_WHOLE)
CERTIFIED_COPIES = _schema(unit=_TEXT, offered=_FLAG)
