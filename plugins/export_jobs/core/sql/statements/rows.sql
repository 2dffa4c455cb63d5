-- Export job {{ job | commented }}, template {{ template | commented }}: rows of {{ rows.key | commented }}
SELECT
{% for column in columns %}
    {{ column.sql }} AS {{ column.name }}{{ "," if not loop.last }}
{% endfor %}
FROM (
{{ rows.source | indented(4) }}
) AS fact
{% for join in rows.joins %}
LEFT JOIN (
{{ join.source | indented(4) }}
) AS {{ join.alias }}
    ON {{ join.alias }}.{{ join.id }} = {{ join.by }}
{% endfor %}
{% if rows.conditions %}
WHERE {{ rows.conditions | join("\n  AND ") }}
{% endif %}
{% if order_by %}
ORDER BY {{ order_by | join(", ") }}
{% endif %}
