"""Styles a GeoPackage carries along, so that QGIS and others draw it like the planner's maps.

They sit in the table `layer_styles`, by QGIS's convention: one row a layer, its style as QML (QGIS)
and SLD (others). Sites: shape and colour by role, size by capacity. Flows: width by value.
"""

from __future__ import annotations

import pandas as pd

STAMP = "2026-01-01T00:00:00.000Z"
ROLES = {
    "fab": ("circle", "#1f4e79", "Fab"),
    "rd": ("diamond", "#1c2430", "Research centre"),
    "fab+rd": ("circle", "#2a9d8f", "Fab and research centre"),
    "none": ("circle", "#ffffff", "Candidate, not used"),
}
"""Role of a site -> shape, colour, name."""
SIZE = "1.6 + 0.35 * sqrt(max(0, coalesce(&quot;final_kwpm&quot;, 0)))"
WIDTH = "0.2 + 0.35 * sqrt(max(0, coalesce(&quot;value_usd_bn&quot;, 0)))"
PROPERTY = (
    '<data_defined_properties><Option type="Map"><Option name="properties" type="Map">'
    '<Option name="{name}" type="Map"><Option name="active" type="bool" value="true"/>'
    '<Option name="expression" type="QString" value="{rule}"/>'
    '<Option name="type" type="int" value="3"/></Option></Option></Option>'
    "</data_defined_properties>"
)
SLD = (
    '<?xml version="1.0" encoding="UTF-8"?><StyledLayerDescriptor version="1.0.0" '
    'xmlns="http://www.opengis.net/sld" xmlns:ogc="http://www.opengis.net/ogc"><NamedLayer>'
    "<Name>{layer}</Name><UserStyle><FeatureTypeStyle>{rules}</FeatureTypeStyle></UserStyle>"
    "</NamedLayer></StyledLayerDescriptor>"
)


def styles() -> pd.DataFrame:
    """The table `layer_styles`: one default style for sites and one for flows."""
    rows = [("sites", _sites_qml(), _sites_sld()), ("flows", _flows_qml(), _flows_sld())]
    return pd.DataFrame(
        {
            "f_table_catalog": ["", ""],
            "f_table_schema": ["", ""],
            "f_table_name": [name for name, _, _ in rows],
            "f_geometry_column": ["geom", "geom"],
            "styleName": [f"planner {name}" for name, _, _ in rows],
            "styleQML": [qml for _, qml, _ in rows],
            "styleSLD": [sld for _, _, sld in rows],
            "useAsDefault": [True, True],
            "description": ["Drawn like the planner's maps"] * 2,
            "owner": ["", ""],
            "ui": ["", ""],
            "update_time": [STAMP, STAMP],
        }
    )


def _option(name: str, value: str) -> str:
    return f'<Option name="{name}" type="QString" value="{value}"/>'


def _rgb(colour: str) -> str:
    parts = [str(int(colour[n : n + 2], 16)) for n in (1, 3, 5)]
    return ",".join([*parts, "255"])


def _sites_qml() -> str:
    categories, symbols = "", ""
    for n, (role, (shape, colour, name)) in enumerate(ROLES.items()):
        categories += f'<category value="{role}" symbol="{n}" label="{name}" render="true"/>'
        look = _option("name", shape) + _option("color", _rgb(colour)) + _option("size", "2.4")
        look += _option("outline_color", "90,100,115,255") + _option("outline_width", "0.2")
        layer = f'<layer class="SimpleMarker" enabled="1" pass="0"><Option type="Map">{look}'
        rule = PROPERTY.format(name="size", rule=SIZE)
        symbols += f'<symbol type="marker" name="{n}" alpha="1">{layer}</Option>{rule}</layer>'
        symbols += "</symbol>"
    return _qml(
        f'<renderer-v2 type="categorizedSymbol" attr="role"><categories>{categories}</categories>'
        f"<symbols>{symbols}</symbols></renderer-v2>"
    )


def _flows_qml() -> str:
    look = _option("line_color", "31,78,121,160") + _option("line_width", "0.4")
    rule = PROPERTY.format(name="outlineWidth", rule=WIDTH)
    layer = f'<layer class="SimpleLine" enabled="1" pass="0"><Option type="Map">{look}</Option>'
    symbol = f'<symbol type="line" name="0" alpha="1">{layer}{rule}</layer></symbol>'
    return _qml(f'<renderer-v2 type="singleSymbol"><symbols>{symbol}</symbols></renderer-v2>')


def _qml(renderer: str) -> str:
    head = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>"
    return f'{head}<qgis version="3.28.0" styleCategories="Symbology">{renderer}</qgis>'


def _sites_sld() -> str:
    rules = ""
    for role, (shape, colour, name) in ROLES.items():
        test = f"<ogc:PropertyName>role</ogc:PropertyName><ogc:Literal>{role}</ogc:Literal>"
        mark = "square" if shape == "diamond" else shape
        turn = "<Rotation>45</Rotation>" if shape == "diamond" else ""
        fill = f'<Fill><CssParameter name="fill">{colour}</CssParameter></Fill>'
        edge = '<Stroke><CssParameter name="stroke">#5a6473</CssParameter></Stroke>'
        rules += (
            f"<Rule><Name>{name}</Name><ogc:Filter><ogc:PropertyIsEqualTo>{test}"
            f"</ogc:PropertyIsEqualTo></ogc:Filter><PointSymbolizer><Graphic><Mark>"
            f"<WellKnownName>{mark}</WellKnownName>{fill}{edge}</Mark><Size>9</Size>{turn}"
            "</Graphic></PointSymbolizer></Rule>"
        )
    return SLD.format(layer="sites", rules=rules)


def _flows_sld() -> str:
    stroke = '<CssParameter name="stroke">#1f4e79</CssParameter>'
    stroke += '<CssParameter name="stroke-width">1.4</CssParameter>'
    rule = f"<Rule><LineSymbolizer><Stroke>{stroke}</Stroke></LineSymbolizer></Rule>"
    return SLD.format(layer="flows", rules=rule)
