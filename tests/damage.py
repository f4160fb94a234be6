"""Damage to a file as a bad disk does it."""

from pathlib import Path

HARMS = ("flipped", "cut", "emptied", "gone")


def damage(path: Path, harm: str) -> None:
    """Flip the bits of a byte in the middle of a file, cut it there, empty it, or take it away."""
    content = path.read_bytes()
    half = len(content) // 2
    if harm == "gone":
        path.unlink()
        return
    path.write_bytes(
        {
            "flipped": content[:half] + bytes([content[half] ^ 0xFF]) + content[half + 1 :],
            "cut": content[:half],
            "emptied": b"",
        }[harm]
    )
