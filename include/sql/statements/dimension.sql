SELECT
{% for column in columns %}
    {{ column.sql }} AS {{ column.name | quoted }}{{ "," if not loop.last }}
{% endfor %}
FROM (
{{ source | indent(4, first=true) }}
) AS dimension
ORDER BY {% for name in order_by %}dimension.{{ name | quoted }}{{ ", " if not loop.last }}{% endfor %}

