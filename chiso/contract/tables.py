"""The contract tables: every column described once, for readers, checks, documents and headers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from chiso.base.letters import capitalised

# A code of the national database as systems write it; its first group is the procedure itself, the
# rest says who publishes it: 1.002192.000.00.00.H31. (`re` and DuckDB read it alike.)
PROCEDURE_CODE = r"^(\d\.\d{6})(\.\d+)*\.[HG]\d+$"

Kind = Literal["string", "int64", "float64", "boolean", "timestamp", "date"]


@dataclass(frozen=True)
class Column:
    """A column: its canonical name, type, what it holds, and what a cell may be.

    `required`: a table without the column can't be read; `filled`: a cell must not be empty.
    `allowed`: the values that a cell may have; empty: any.
    """

    name: str
    kind: Kind
    meaning: str
    filled: bool = False
    allowed: tuple[int | str, ...] = ()

    @property
    def heading(self) -> str:
        """What the column is called where people read it."""
        return capitalised(re.split("[:;(]", self.meaning)[0].strip())


@dataclass(frozen=True)
class ContractTable:
    """A contract table, its key (empty: rows have none), and what people call it."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    heading: str
    required: bool = False

    def column(self, name: str) -> Column:
        """The column of that name."""
        return next(column for column in self.columns if column.name == name)

    @property
    def needed(self) -> tuple[str, ...]:
        """The columns that must be there: the key and those whose cells must be filled."""
        filled = (column.name for column in self.columns if column.filled)
        return tuple(dict.fromkeys((*self.key, *filled)))


def bare_code(text: str) -> str:
    """A code of a procedure without what systems hang on it: 1.002192 of 1.002192.000.00.00.H31."""
    return re.sub(PROCEDURE_CODE, r"\1", text.strip())


def named(table: str, columns: str) -> str:
    """Columns of a table (parted by +; empty: the table itself) as people call them: "Hồ sơ: Ngày hẹn
    trả"."""
    contract = TABLES[table]
    known = {column.name: column.heading for column in contract.columns}
    told = ", ".join(known.get(name, name) for name in columns.split("+"))
    return f"{contract.heading}: {told}" if told else contract.heading


def _flag(name: str, meaning: str) -> Column:
    return Column(name, "boolean", meaning)


def _moment(name: str, meaning: str) -> Column:
    return Column(name, "timestamp", meaning)


def _code(name: str, meaning: str) -> Column:
    return Column(name, "string", meaning, filled=True)


DOSSIERS = ContractTable(
    "dossiers",
    ("dossier_id",),
    (
        _code("dossier_id", "mã hồ sơ"),
        _code("procedure_id", "mã thủ tục hành chính"),
        _code("unit", "đơn vị xử lý"),
        Column("status", "int64", "trạng thái hồ sơ", True, tuple(range(1, 11))),
        Column("channel", "int64", "cách nộp hồ sơ: 1 trực tiếp, 2 trực tuyến, 3 bưu chính", False, (1, 2, 3)),
        _moment("submitted_at", "ngày nộp"),
        _moment("received_at", "ngày tiếp nhận"),
        _moment("due_at", "ngày hẹn trả"),
        _moment("done_at", "đã xử lý xong"),
        _moment("returned_at", "đã trả kết quả"),
        _moment("ended_at", "dừng xử lý, từ chối hoặc rút hồ sơ"),
        Column("supplement_count", "int64", "số lần yêu cầu bổ sung"),
        _moment("supplement_asked_at", "yêu cầu bổ sung lần đầu"),
        _moment("supplement_done_at", "bổ sung xong lần cuối"),
        Column("supplement_hours", "float64", "tổng thời gian chờ bổ sung (giờ)"),
        _flag("components_file", "có tệp thành phần hồ sơ"),
        _flag("result_file", "có tệp kết quả"),
        _flag("reused", "tái sử dụng dữ liệu số hóa"),
        _flag("from_store", "gắn với kho dữ liệu của Cổng"),
        _flag("population_data", "dùng dữ liệu dân cư"),
        _flag("vneid_account", "tài khoản nộp hồ sơ được xác thực với VNeID"),
        Column("fee_total", "float64", "tổng phí, lệ phí (đồng)"),
        _flag("fee_lines_zero", "mọi dòng phí có giá 0"),
        Column(
            "paid_online", "int64", "thanh toán: 0 không, 1 Cổng quốc gia, 2 cổng địa phương",
            False, (0, 1, 2),
        ),
        _moment("synced_at", "đồng bộ lên Cổng Dịch vụ công quốc gia lần đầu"),
        _flag("disliked", "không hài lòng"),
        _flag("petitioned", "có phản ánh, kiến nghị"),
    ),
    "Hồ sơ",
    required=True,
)  # fmt: skip

PROCEDURES = ContractTable(
    "procedures",
    ("procedure_id",),
    (
        _code("procedure_id", "mã thủ tục hành chính"),
        Column("name", "string", "tên thủ tục"),
        Column("field", "string", "lĩnh vực"),
        Column("agency", "string", "cơ quan chủ trì"),
        Column("levels", "string", "cấp thực hiện: tinh, huyen, xa, cách nhau bằng dấu chấm phẩy"),
        Column("decision_date", "date", "ngày ký quyết định công bố"),
        Column("basis_effective_date", "date", "ngày có hiệu lực của căn cứ pháp lý mới nhất"),
        _moment("made_public_at", "thời điểm công khai"),
        _flag("parts_complete", "đủ bảy bộ phận tạo thành"),
        Column("online", "string", "dịch vụ công trực tuyến", False, ("none", "partial", "full")),
        _flag("has_fee", "có phí, lệ phí; mọi khoản bằng 0 đồng là không có"),
        _flag("returns_paper", "có trả kết quả giấy"),
        _flag("for_citizens", "dành cho công dân"),
        Column("max_term", "int64", "thời hạn giải quyết dài nhất"),
        Column(
            "term_unit", "string", "đơn vị của thời hạn", False,
            ("hour", "day", "working_day", "month"),
        ),
    ),
    "Thủ tục hành chính",
)  # fmt: skip

DECISIONS = ContractTable(
    "decisions",
    ("decision_id", "procedure_id"),
    (
        _code("decision_id", "số quyết định"),
        _code("procedure_id", "mã thủ tục hành chính"),
        Column("decision_date", "date", "ngày ký"),
        Column("basis_effective_date", "date", "ngày có hiệu lực của căn cứ pháp lý mới nhất"),
        _moment("made_public_at", "thời điểm công khai"),
    ),
    "Quyết định công bố",
)

SERVICES = ContractTable(
    "services",
    ("service_id",),
    (
        _code("service_id", "mã dịch vụ công"),
        _code("procedure_id", "mã thủ tục hành chính"),
        _code("unit", "đơn vị cung cấp"),
        _flag("public", "đang công khai, chờ dừng công khai hoặc đang kiểm thử"),
    ),
    "Dịch vụ công",
)

PETITIONS = ContractTable(
    "petitions",
    ("petition_id",),
    (
        _code("petition_id", "mã phản ánh, kiến nghị"),
        _code("unit", "đơn vị xử lý"),
        _moment("sent_at", "ngày gửi"),
        _moment("forwarded_at", "lần chuyển gần nhất"),
        _moment("first_received_at", "tiếp nhận lần đầu"),
        _moment("refused_at", "từ chối"),
        _moment("supplement_asked_at", "yêu cầu bổ sung"),
        _moment("answered_at", "trả lời"),
        _moment("published_at", "công khai trả lời"),
        _flag("disliked", "không hài lòng"),
        _flag("raised_again", "phản ánh lại"),
        Column(
            "kind", "string",
            "loại: policy về chính sách, thủ tục hành chính; conduct về hành vi của cán bộ, công chức",
            False, ("policy", "conduct"),
        ),
    ),
    "Phản ánh, kiến nghị",
)  # fmt: skip

NATIONAL_COUNTS = ContractTable(
    "national_counts",
    ("unit", "period"),
    (
        _code("unit", "đơn vị"),
        _code("period", "kỳ"),
        Column("received", "int64", "số hồ sơ theo hệ thống báo cáo quốc gia"),
    ),
    "Số hồ sơ quốc gia",
)

CERTIFIED_COPIES = ContractTable(
    "certified_copies",
    ("unit",),
    (_code("unit", "đơn vị"), _flag("offered", "cung cấp chứng thực bản sao điện tử")),
    "Chứng thực bản sao",
)

NATIONAL_PROCEDURES = ContractTable(
    "national_procedures",
    ("national_id",),
    (
        _code("national_id", "mã thủ tục trên Cơ sở dữ liệu quốc gia"),
        Column("name", "string", "tên thủ tục"),
        Column("handled_by", "string", "cơ quan thực hiện: mã, hoặc tên như trên Cơ sở dữ liệu"),
        Column("levels", "string", "cấp thực hiện: một hay nhiều cấp, như trên Cơ sở dữ liệu"),
        Column("term", "string", "thời hạn giải quyết: số và đơn vị (15 ngày làm việc)"),
        Column("fee", "string", "phí, lệ phí: số tiền, hoặc có, không"),
        _flag("parts_complete", "đủ bảy bộ phận tạo thành"),
        Column("online", "string", "dịch vụ công trực tuyến", False, ("none", "partial", "full")),
        _flag("public", "đang công khai (trống: có)"),
        Column("decision_id", "string", "số quyết định công bố"),
        Column("decision_date", "date", "ngày ký quyết định công bố"),
    ),
    "Danh mục TTHC CSDL quốc gia",
)

TABLES = {
    table.name: table
    for table in (
        DOSSIERS, PROCEDURES, DECISIONS, SERVICES, PETITIONS, NATIONAL_COUNTS, CERTIFIED_COPIES,
        NATIONAL_PROCEDURES,
    )
}  # fmt: skip
