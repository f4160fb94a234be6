"""A map of tiles: where each district's block of communes stands on a grid (params/maps/)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from chiso.base.locations import locate, params_dir
from chiso.base.params import Day, parameters, read_parameters
from chiso.rules.units import Tree, Unit


@parameters
class Block:
    """The tiles of one district: left column, top row, and how many columns wide it is.

    The district's own tile comes first, then its communes in the order of the tree.
    """

    unit: str
    """The code of the district whose tiles these are; its own comes first, then its communes."""
    column: Annotated[int, Field(ge=0)]
    """The leftmost column, from 0."""
    row: Annotated[int, Field(ge=0)]
    """The topmost row, from 0."""
    width: Annotated[int, Field(ge=1, le=12)]
    """How many columns wide the block is."""


@parameters
class MapFile:
    """A file of params/maps/, named after the tree of units that it shows."""

    source: Annotated[str, Field(min_length=1)]
    last_confirmed: Day
    blocks: tuple[Block, ...]
    """The tiles, district by district."""


@dataclass(frozen=True)
class Tile:
    """One unit's place on the grid, in columns and rows from the top left."""

    unit: Unit
    column: int
    row: int
    is_head: bool


def load_tiles(name: str, tree: Tree) -> tuple[Tile, ...]:
    """The tiles of the tree called `name`; none where params/maps/ has no map of it.

    ParameterError for a wrong file or a district that `tree` does not know.
    """
    if not (params_dir() / "maps" / f"{name}.yml").is_file():
        return ()
    content = read_parameters(locate(name, "maps"), MapFile)
    return tuple(tile for block in content.blocks for tile in _tiles(block, tree))


def _tiles(block: Block, tree: Tree) -> list[Tile]:
    members = (tree.unit(block.unit), *tree.children(block.unit))
    return [
        Tile(unit, block.column + i % block.width, block.row + i // block.width, i == 0)
        for i, unit in enumerate(members)
    ]
