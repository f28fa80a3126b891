"""The same page by FastAPI and Jinja2: from the points at hand to SVG, JSON and HTML, for each request. It asks no store
and evaluates nothing, which Vitrine does. Started by pages.py: uvicorn peer_page:app, with the points in PAGE_DATA."""

import json
import os

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from jinja2 import DictLoader, Environment, select_autoescape

PANELS = json.load(open(os.environ["PAGE_DATA"]))
TEMPLATE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ title }}</title></head><body>
<header><h1>{{ title }}</h1></header><main>{% for panel in panels %}
<section class="panel" id="{{ panel.id }}" aria-labelledby="{{ panel.id }}-title"><h2 id="{{ panel.id }}-title">{{ panel.title }}</h2>
<svg class="chart" role="img" viewBox="0 0 1000 1000" preserveAspectRatio="none">{% for line in panel.lines %}<path class="line s{{ loop.index0 % 8 }}" d="{{ line }}"/>{% endfor %}</svg>
<table class="legend">{% for name, last in panel.legend %}<tr><th scope="row">{{ name }}</th><td>{{ last }}</td></tr>{% endfor %}</table>
<script type="application/json">{{ panel.data|safe }}</script></section>{% endfor %}</main></body></html>"""

page = Environment(loader=DictLoader({"page": TEMPLATE}), autoescape=select_autoescape(default=True)).get_template("page")
app = FastAPI()


def path(times, values, low, high):
    start, width, height = times[0], max(1, times[-1] - times[0]), (high - low) or 1
    points = [
        f"{(time - start) * 1000 / width:.1f} {1000 - (value - low) * 1000 / height:.1f}"
        for time, value in zip(times, values)
        if value is not None
    ]
    return "M" + "L".join(points)


def shape(place, chart):
    known = [value for values in chart["values"] for value in values if value is not None]
    low, high = min(known, default=0), max(known, default=1)
    return {
        "id": f"p{place}",
        "title": f"Panel {place}",
        "lines": [path(chart["times"], values, low, high) for values in chart["values"]],
        "legend": [(one["name"], f"{values[-1]:.3g}" if values[-1] is not None else "–") for one, values in zip(chart["series"], chart["values"])],
        "data": json.dumps(chart).replace("<", "\\u003c"),
    }


@app.get("/", response_class=HTMLResponse)
def show(request: Request):
    return page.render(title="Bench", panels=[shape(place, chart) for place, chart in enumerate(PANELS)])
