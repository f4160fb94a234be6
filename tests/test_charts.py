"""The house style is told apart by colour-blind readers and in black and white; charts say a finding."""

import itertools
import re

import numpy as np
import pytest
from conftest import ROOT

from chiso.pages.charts.style import (
    GRADES,
    HELD,
    INK,
    LOST,
    MUTED,
    ON_DARK,
    ON_LIGHT,
    PAPER,
    TRACK,
)

# Machado, Oliveira, Fernandes 2009, severity 1.0: what is left of linear red, green and blue.
BLIND = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
    "nobody": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def linear(colour: str) -> np.ndarray:
    """Linear light of a colour written as #rrggbb."""
    parts = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(light: np.ndarray) -> np.ndarray:
    """CIE L*a*b* of linear light."""
    x, y, z = (TO_XYZ @ np.clip(light, 0, 1)) / [0.9505, 1.0, 1.089]
    f = [t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z)]
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def distance(one: str, other: str, blindness: str) -> float:
    """How far two colours are apart for such a reader: 2.3 is just to be seen."""
    matrix = np.array(BLIND[blindness])
    return float(np.linalg.norm(lab(matrix @ linear(one)) - lab(matrix @ linear(other))))


def contrast(one: str, other: str) -> float:
    """WCAG's ratio of two colours, 1 to 21."""
    light = sorted(float(np.dot(linear(c), [0.2126, 0.7152, 0.0722])) + 0.05 for c in (one, other))
    return light[1] / light[0]


@pytest.mark.parametrize("blindness", BLIND)
def test_colours_are_far_apart_for_every_eye(blindness):
    for one, other in itertools.combinations((HELD, LOST, TRACK, INK, PAPER), 2):
        assert distance(one, other, blindness) > 8, (one, other)
    for one, other in itertools.pairwise(GRADES):
        assert distance(one, other, blindness) > 15, (one, other)


def test_classes_are_a_row_of_greys_on_a_copier():
    greys = [lab(linear(colour))[0] for colour in GRADES]
    assert all(lighter - darker > 12 for lighter, darker in itertools.pairwise(greys))


def test_marks_and_letters_stand_out():
    assert contrast(HELD, PAPER) > 4.5
    assert contrast(LOST, PAPER) > 3
    assert contrast(MUTED, PAPER) > 4.5
    for colour in GRADES:
        assert max(contrast(colour, ON_LIGHT), contrast(colour, ON_DARK)) > 4.5, colour


def test_the_dark_screen_has_a_colour_for_every_one_of_paper():
    style = (ROOT / "reports" / "page.css").read_text(encoding="utf-8")
    for colour in (HELD, LOST, TRACK, INK, MUTED, PAPER):
        assert re.search(rf'style\*="fill: {colour}"', style), colour
        assert re.search(rf'style\*="stroke: {colour}"', style), colour
