"""What notebooks draw: SVG charts in one house style, each with an alt text that says the finding."""

from chiso.pages.charts.change import change_chart
from chiso.pages.charts.classes import class_chart
from chiso.pages.charts.groups import group_chart
from chiso.pages.charts.heat_map import commune_heat_map, district_heat_map, heat_map
from chiso.pages.charts.late_share import late_share_chart
from chiso.pages.charts.lost import lost_chart
from chiso.pages.charts.national_course import national_course_chart
from chiso.pages.charts.national_groups import national_group_chart
from chiso.pages.charts.national_order import national_order_chart
from chiso.pages.charts.pareto import pareto_chart
from chiso.pages.charts.strip import strip_chart
from chiso.pages.charts.style import Chart
from chiso.pages.charts.tile_map import tile_map
from chiso.pages.charts.trend import trend_chart

__all__ = [
    "Chart",
    "change_chart",
    "class_chart",
    "commune_heat_map",
    "district_heat_map",
    "group_chart",
    "heat_map",
    "late_share_chart",
    "lost_chart",
    "national_course_chart",
    "national_group_chart",
    "national_order_chart",
    "pareto_chart",
    "strip_chart",
    "tile_map",
    "trend_chart",
]
