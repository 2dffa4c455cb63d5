SELECT
{% for column in columns %}
    {{ column.sql }} AS {{ column.name | quoted }}{{ "," if not loop.last }}
{% endfor %}
FROM (
{{ source | indent(4, first=true) }}
) AS fact
{% if date_column %}
WHERE fact.{{ date_column.column | quoted }} >= %(window_start)s
  AND fact.{{ date_column.column | quoted }} < %(window_end)s
{% endif %}
{% if order_by %}
ORDER BY {% for name in order_by %}fact.{{ name | quoted }}{{ ", " if not loop.last }}{% endfor %}

{% endif %}
