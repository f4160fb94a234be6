"""Procedures of the demo province: what they are; changes if procedures get other properties."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chiso.demo.agencies import Agencies
from chiso.demo.draws import Draws, Flags, Numbers
from chiso.demo.terms import FREQUENCIES, TERMS

STREAM = 2
FEWEST, MOST = 14, 36
ACTIONS = (
    "Cấp mới",
    "Cấp lại",
    "Gia hạn",
    "Điều chỉnh",
    "Đăng ký",
    "Xác nhận",
    "Thẩm định",
    "Thu hồi",
)
FIELDS = {
    "vp-ubnd": ("kiểm soát thủ tục hành chính", "ngoại vụ"),
    "so-noi-vu": ("tổ chức hội", "thi đua khen thưởng", "công chức, viên chức"),
    "so-tu-phap": ("hộ tịch", "chứng thực", "lý lịch tư pháp", "công chứng"),
    "so-ke-hoach-dau-tu": ("thành lập doanh nghiệp", "hộ kinh doanh", "đầu tư"),
    "so-tai-chinh": ("quản lý giá", "tài sản công"),
    "so-cong-thuong": ("xúc tiến thương mại", "kinh doanh xăng dầu", "hóa chất"),
    "so-nong-nghiep": ("thú y", "bảo vệ thực vật", "thủy lợi"),
    "so-giao-thong": ("giấy phép lái xe", "vận tải đường bộ", "đường thủy nội địa"),
    "so-xay-dung": ("giấy phép xây dựng", "chứng chỉ hành nghề", "nhà ở"),
    "so-tai-nguyen": ("đất đai", "môi trường", "giao dịch bảo đảm"),
    "so-thong-tin": ("xuất bản, in", "bưu chính", "thông tin điện tử"),
    "so-lao-dong": ("bảo trợ xã hội", "người có công", "việc làm"),
    "so-van-hoa": ("văn hóa cơ sở", "thể thao", "lữ hành"),
    "so-khoa-hoc": ("an toàn bức xạ", "đo lường chất lượng"),
    "so-giao-duc": ("giáo dục mầm non", "văn bằng, chứng chỉ", "giáo dục tiểu học"),
    "so-y-te": ("hành nghề y", "dược phẩm", "an toàn thực phẩm"),
    "thanh-tra": ("giải quyết khiếu nại", "tiếp công dân"),
    "ban-khu-cong-nghiep": ("đầu tư trong khu công nghiệp", "lao động nước ngoài"),
}
OTHER_FIELDS = ("lĩnh vực chung",)


@dataclass(frozen=True)
class Procedures:
    """The procedures that count, by position; `agency` is the position of the lead department."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    fields: tuple[str, ...]
    levels: tuple[str, ...]
    agency: Numbers
    term: Numbers
    online: tuple[str, ...]
    has_fee: Flags
    returns_paper: Flags
    for_citizens: Flags
    parts_complete: Flags
    # Habits that no table shows: people use the online service, pay online, have their data taken
    # from the population database; clerks write fees down.
    used_online: Flags
    paid_online: Flags
    population: Flags
    fees_noted: Flags
    # Unit by procedure: whether the procedure is in the unit's scope.
    scope: Flags

    def offered_online(self) -> Flags:
        """Which procedures have a partial or full online service."""
        return np.array([online != "none" for online in self.online])

    def at_level(self, level: str) -> Flags:
        """Which procedures are handled at a level (tinh, huyen, xa)."""
        return np.array([level in levels.split(";") for levels in self.levels])


def make_procedures(agencies: Agencies, seed: int) -> Procedures:
    """A few hundred procedures with lead departments among those of the tree."""
    draws = Draws(seed, STREAM)
    lead: list[int] = []
    levels: list[str] = []
    for department in agencies.at_level("so"):
        many = draws.between(FEWEST, MOST)
        lead += [department] * many
        # The first three stay with the department, so that each has something to handle.
        levels += ["tinh"] * 3 + [_level(draws) for _ in range(many - 3)]
    total = len(lead)
    fields, names = _names(agencies, lead)
    online = tuple(_online(draws) for _ in range(total))
    procedures = Procedures(
        ids=_ids(draws, total),
        names=names,
        fields=fields,
        levels=tuple(levels),
        agency=np.array(lead),
        term=draws.weighted(FREQUENCIES, total),
        online=online,
        has_fee=draws.chance(450, total),
        returns_paper=draws.chance(750, total),
        for_citizens=draws.chance(600, total),
        parts_complete=draws.chance(910, total),
        used_online=draws.chance(650, total) & np.array([kind != "none" for kind in online]),
        paid_online=draws.chance(620, total),
        population=draws.chance(700, total),
        fees_noted=draws.chance(800, total),
        scope=np.zeros((len(agencies.codes), total), dtype=bool),
    )
    _fill_scope(procedures, agencies)
    return procedures


def handled_by(procedures: Procedures, agencies: Agencies) -> list[Numbers]:
    """What each unit handles, in its scope and at its level; nothing for the province itself."""
    tinh = procedures.at_level("tinh")
    return [
        np.flatnonzero(procedures.scope[i] & (tinh if unit.level == "so" else True))
        if unit.level != "tinh"
        else np.array([], dtype=np.int64)
        for i, unit in enumerate(agencies.tree.units)
    ]


def term_unit(procedures: Procedures, i: int) -> str | None:
    """The unit of the procedure's longest term."""
    return TERMS[procedures.term[i]].unit


def term_length(procedures: Procedures, i: int) -> int | None:
    """The procedure's longest term in that unit."""
    return TERMS[procedures.term[i]].length


def _level(draws: Draws) -> str:
    choice = draws.one(100)
    for limit, levels in ((66, "tinh"), (72, "tinh;huyen"), (86, "huyen"), (91, "huyen;xa")):
        if choice < limit:
            return levels
    return "xa"


def _online(draws: Draws) -> str:
    return ("none", "partial", "partial", "full", "full", "full")[draws.one(6)]


def _ids(draws: Draws, total: int) -> tuple[str, ...]:
    """Codes like those of the national database: 1.004321."""
    numbers = draws.shuffled(9_000)[:total] + 1_000
    return tuple(f"{1 + int(n) % 2}.{int(n):06d}" for n in numbers)


def _names(agencies: Agencies, lead: list[int]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The field and the name of each procedure; a repeated name gets a number."""
    fields, names, seen = [], [], dict.fromkeys(lead, 0)
    for department in lead:
        n = seen[department]
        seen[department] += 1
        known = FIELDS.get(agencies.codes[department], OTHER_FIELDS)
        field, action = known[n % len(known)], ACTIONS[n // len(known) % len(ACTIONS)]
        repeat = n // (len(known) * len(ACTIONS))
        fields.append(field.capitalize())
        names.append(f"{action}: {field}" + (f" ({repeat + 1})" if repeat else ""))
    return tuple(fields), tuple(names)


def _fill_scope(procedures: Procedures, agencies: Agencies) -> None:
    for i, unit in enumerate(agencies.tree.units):
        if unit.level == "tinh":
            procedures.scope[i] = True
        elif unit.level == "so":
            procedures.scope[i] = procedures.agency == i
        else:
            procedures.scope[i] = procedures.at_level(unit.level)
