"""Cells of a notebook run in this process by IPython, and what they put out as a notebook keeps it.

The shell is the one of every Jupyter kernel; what a kernel has besides (sockets, their threads, a
signature on every message) costs as much as half a page and serves only who talks to it from elsewhere.
"""

from __future__ import annotations

import io
import json
import sys
from typing import Any, Literal

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.profiledir import ProfileDir
from jupyter_client.jsonutil import json_default
from traitlets import List, Type
from traitlets.config import Config

from chiso.base.files import scratch_folder


class _Results(DisplayHook):
    """The value of a cell's last line."""

    def start_displayhook(self) -> None:
        """Nothing is written before it."""

    def write_output_prompt(self) -> None:
        """Its number stands in the notebook."""

    def write_format_data(self, format_dict: dict, md_dict: dict | None = None) -> None:
        """Keep it with the cell."""
        self.shell.outputs.append(  # type: ignore[union-attr]
            {
                "output_type": "execute_result",
                "execution_count": self.prompt_count,
                "data": _as_json(format_dict),
                "metadata": _as_json(md_dict or {}),
            }
        )

    def finish_displayhook(self) -> None:
        """Nothing is written behind it."""


class _Displays(DisplayPublisher):
    """What a cell shows by display()."""

    def publish(  # type: ignore[override]
        self,
        data: dict,
        metadata: dict | None = None,
        *,
        transient: dict | None = None,
        update: bool = False,
        **_more: Any,
    ) -> None:
        """Keep it with the cell, or in the place of what the cell showed under the same display_id."""
        name = (transient or {}).get("display_id")
        shown = {"data": _as_json(data), "metadata": _as_json(metadata or {})}
        if not update:
            self.shell.outputs.append({"output_type": "display_data", **shown, "display_id": name})
            return
        for output in self.shell.outputs:
            if name and output.get("display_id") == name:
                output.update(shown)

    def clear_output(self, wait: bool = False) -> None:
        """Forget what the cell has put out so far."""
        self.shell.outputs.clear()


class _Stream(io.TextIOBase):
    """What a cell prints."""

    def __init__(self, name: Literal["stdout", "stderr"], outputs: list[dict[str, Any]]) -> None:
        super().__init__()
        self._stream, self._outputs = name, outputs

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """Asked for by who wants to know which letters can be printed."""
        return "utf-8"

    def writable(self) -> bool:
        """It can be written to."""
        return True

    def write(self, text: str) -> int:
        """Keep it with the cell; what follows on the same stream is one text with it."""
        last = self._outputs[-1] if self._outputs else {}
        if last.get("output_type") == "stream" and last["name"] == self._stream:
            last["text"] += text
        else:
            self._outputs.append({"output_type": "stream", "name": self._stream, "text": text})
        return len(text)


class CellShell(InteractiveShell):
    """IPython without anybody who types: `outputs`, what the cell that runs has put out so far."""

    displayhook_class = Type(_Results)
    display_pub_class = Type(_Displays)
    outputs: list[dict[str, Any]] = List()  # type: ignore[assignment]

    def enable_gui(self, gui: str | None = None) -> None:
        """There are no windows."""

    def ask_exit(self) -> None:
        """What exit() does in a cell: the notebook ends there."""
        raise SystemExit

    def run(self, source: str) -> dict[str, Any]:
        """Run a cell: its `outputs`, its number and whether it ended well."""
        number = self.execution_count
        is_good = bool(self.run_cell(source, store_history=True).success)
        # What can't be shown is told as an error too.
        is_good &= all(output["output_type"] != "error" for output in self.outputs)
        outputs = [_as_kept(output) for output in self.outputs]
        self.outputs.clear()
        return {"outputs": outputs, "execution_count": number, "is_good": is_good}

    def listen(self) -> None:
        """From now on what is printed in this process belongs to the cell that runs."""
        sys.stdout, sys.stderr = (_Stream(name, self.outputs) for name in ("stdout", "stderr"))

    def _showtraceback(self, etype: type[BaseException], evalue: object, stb: list[str]) -> None:
        self.outputs.append(
            {
                "output_type": "error",
                "ename": etype.__name__,
                "evalue": str(evalue),
                "traceback": stb,
            }
        )


def _as_json(content: dict) -> dict:
    """What is shown as it is now, whatever the cell does with it; TypeError for what no notebook can hold."""
    return json.loads(json.dumps(content, default=json_default))


def _as_kept(output: dict[str, Any]) -> dict[str, Any]:
    """An output as a notebook has it, without the name by which it could be replaced."""
    return {name: value for name, value in output.items() if name != "display_id"}


def new_shell(extension: str) -> CellShell:
    """A shell that keeps nothing of what is typed, knows nobody's settings and has loaded `extension`."""
    settings = Config(HistoryManager={"enabled": False})
    with scratch_folder() as folder:  # it wants one when it begins
        profile = ProfileDir.create_profile_dir(str(folder))
        shell = CellShell.instance(config=settings, ipython_dir=str(folder), profile_dir=profile)
    shell.run_line_magic("load_ext", extension)
    # The first cell of all makes what every cell needs.
    shell.run_cell("None", store_history=False)
    return shell
