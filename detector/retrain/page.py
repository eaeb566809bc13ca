"""Templates of a challenger's card; style and plots are those of evaluations."""

from __future__ import annotations

from typing import Final

MARKDOWN_PAGE: Final = """\
# Model card: {{ outcome.gate.challenger }}

Made on {{ built }} by `stillwatch train`.

{% for section in sections %}
## {{ section.title }}

{% for text in section.said %}
{{ text }}

{% endfor %}
{% for item in section["items"] %}
- {{ item | cell }}
{% endfor %}

{% for table in section.tables %}
{{ table.caption }}.

| {{ table.head | map("cell") | join(" | ") }} |
|{{ "---|" * table.head | length }}
{% for row in table.rows %}
| {{ row | map("cell") | join(" | ") }} |
{% endfor %}

{% endfor %}
{% endfor %}
"""

HTML_PAGE: Final = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Model card {{ outcome.gate.challenger }}</title>
<style>
{% include "report.css" %}
{% include "evaluate.css" %}
</style>
</head>
<body>
{% from "evaluate_plot.jinja" import plot %}
<h1>Model card <code>{{ outcome.gate.challenger }}</code></h1>
<p class="dim">Made on {{ built }} by <code>stillwatch train</code></p>
{% for section in sections %}
<h2>{{ section.title }}</h2>
{% for text in section.said %}
<p>{{ text | replace("`", "") }}</p>
{% endfor %}
{% if section["items"] %}
<ul>
{% for item in section["items"] %}
<li>{{ item | replace("`", "") }}</li>
{% endfor %}
</ul>
{% endif %}
{% for figure in section.figures %}
<figure>{{ plot(figure.drawing) }}
<figcaption>{{ figure.caption }}.</figcaption></figure>
{% endfor %}
{% for table in section.tables %}
<table>
<caption>{{ table.caption }}.</caption>
<thead><tr>{% for name in table.head %}<th scope="col">{{ name }}</th>{% endfor %}</tr></thead>
<tbody>
{% for row in table.rows %}
<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}
</tbody>
</table>
{% endfor %}
{% endfor %}
</body>
</html>
"""
