-- Export job {{ job | commented }}, template {{ template | commented }}: rows of {{ rows.key | commented }} that came late
SELECT count(*) AS {{ name }}
FROM (
{{ rows.source | indented(4) }}
) AS fact
{% for join in rows.joins %}
LEFT JOIN (
{{ join.source | indented(4) }}
) AS {{ join.alias }}
    ON {{ join.alias }}.{{ join.id }} = {{ join.by }}
{% endfor %}
WHERE {{ rows.conditions | join("\n  AND ") }}
  AND {{ changed }}
