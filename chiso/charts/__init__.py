"""What notebooks draw: SVG charts in one house style, each with an alt text that says the finding."""

from chiso.charts.carriers import carrier_chart
from chiso.charts.change import change_chart
from chiso.charts.classes import class_chart
from chiso.charts.groups import group_chart
from chiso.charts.heat_map import commune_heat_map, heat_map
from chiso.charts.lost import lost_chart
from chiso.charts.pareto import pareto_chart
from chiso.charts.strip import strip_chart
from chiso.charts.style import Chart
from chiso.charts.tile_map import tile_map
from chiso.charts.trend import trend_chart

__all__ = [
    "Chart",
    "carrier_chart",
    "change_chart",
    "class_chart",
    "commune_heat_map",
    "group_chart",
    "heat_map",
    "lost_chart",
    "pareto_chart",
    "strip_chart",
    "tile_map",
    "trend_chart",
]
