"""A Spark session by its address, and contract tables in it from Parquet folders or its catalog."""

from __future__ import annotations

from typing import Any

import ibis

from chiso.base.errors import ParameterError
from chiso.base.i18n import _
from chiso.contract.tables import TABLES

_PREFIXES = ("spark://", "sc://", "local[")
# Counting is some forty queries: on one machine, for what DuckDB would count in a second, Spark takes longest
# to compile each of them and to plan it anew as it runs.
_ON_THIS_MACHINE = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
}


def connect(engine: str) -> Any:
    """An Ibis backend on Spark: a cluster (spark://host:7077), a Spark Connect session
    (sc://host:15002) or this machine (local[2]); ParameterError if it can't be had."""
    if not engine.startswith(_PREFIXES):
        raise ParameterError(
            _("The engine {engine} is not known.").format(engine=engine),
            hint=_("Give spark://host:7077, sc://host:15002 or local[2]."),
        )
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise ParameterError(
            _("Counting on Spark needs the package pyspark, which is not installed."),
            hint=_("Install it with: pip install chiso[spark]"),
        ) from None
    builder = SparkSession.builder.appName("chiso").config("spark.log.level", "ERROR")
    builder = builder.config("spark.ui.showConsoleProgress", "false")
    builder = builder.remote(engine) if engine.startswith("sc://") else builder.master(engine)
    if engine.startswith("local["):
        for name, value in _ON_THIS_MACHINE.items():
            builder = builder.config(name, value)
    try:
        return ibis.pyspark.connect(builder.getOrCreate())
    except Exception as error:  # Java, the network and Spark have their own kinds of error
        problem = (str(error).splitlines() or [type(error).__name__])[0]
        raise ParameterError(
            _("Spark at {engine} can't be reached ({problem}).").format(
                engine=engine, problem=problem
            ),
            hint=_("Is Java installed, and is the server running?"),
        ) from None


def open_tables(engine: str, place: str) -> Any:
    """The engine with a view for every contract table that `place` holds as Parquet: a file
    dossiers.parquet or a folder dossiers/, partitioned or not; tables of the catalog are there
    anyway."""
    backend = connect(engine)
    for name in TABLES:
        for path in (f"{place.rstrip('/')}/{name}.parquet", f"{place.rstrip('/')}/{name}"):
            try:
                backend.read_parquet(path, table_name=name)
            except Exception as error:
                if "PATH_NOT_FOUND" not in str(error):
                    raise ParameterError(
                        _("Spark can't read {path} ({problem}).").format(
                            path=path, problem=str(error).splitlines()[0]
                        ),
                        hint=_("Is it Parquet?"),
                    ) from None
            else:
                break
    return backend
