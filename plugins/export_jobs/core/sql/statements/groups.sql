-- Export job {{ job | commented }}, template {{ template | commented }}: KPIs of {{ facts | join(" and ", attribute="rows.key") | commented }}
WITH
{% for fact in facts %}
-- the rows of {{ fact.rows.key | commented }} that count, each with its groups
{{ fact.rows_name }} AS (
    SELECT fact.*
{% for group in fact.groups %}
        , {{ group.sql }} AS {{ group.name }}
{% endfor %}
    FROM (
{{ fact.rows.source | indented(8) }}
    ) AS fact
{% for join in fact.rows.joins %}
    LEFT JOIN (
{{ join.source | indented(8) }}
    ) AS {{ join.alias }}
        ON {{ join.alias }}.{{ join.id }} = {{ join.by }}
{% endfor %}
{% if fact.rows.conditions %}
    WHERE {{ fact.rows.conditions | join("\n      AND ") }}
{% endif %}
){{ "," if facts | length > 1 or not loop.last }}
{% if facts | length > 1 %}
{{ fact.kpis_name }} AS (
    SELECT {{ (group_names + fact.kpis | map(attribute="inner") | list) | join(",\n        ") }}
    FROM {{ fact.rows_name }}
{% if group_names %}
    GROUP BY {{ group_names | join(", ") }}
{% endif %}
),
-- what its KPIs are where {{ fact.rows.key | commented }} has no rows: 0 for a count, nothing for a sum
{{ fact.none_name }} AS (
    SELECT {{ fact.kpis | map(attribute="inner") | join(",\n        ") }}
    FROM (
{{ fact.rows.source | indented(8) }}
    ) AS fact
    WHERE 1 = 0
),
{% endif %}
{% endfor %}
{% if facts | length > 1 %}
-- one row a fact and group, so that no row of one fact is ever counted for another
together AS (
{% for fact in facts %}
    SELECT {{ loop.index }} AS fact_number
{% for name in group_names %}
        , {{ fact.kpis_name }}.{{ name }}
{% endfor %}
{% for other in facts %}
{% for kpi in other.kpis %}
        , {{ fact.kpis_name if other is sameas fact else other.none_name }}.{{ kpi.name }}
{% endfor %}
{% endfor %}
    FROM {{ fact.kpis_name }}
{% for other in facts if other is not sameas fact %}
    CROSS JOIN {{ other.none_name }}
{% endfor %}
{% if not loop.last %}
    UNION ALL
{% endif %}
{% endfor %}
)
{% endif %}
SELECT
{% for column in columns %}
    {{ column.sql }} AS {{ column.name }}{{ "," if not loop.last }}
{% endfor %}
FROM {{ "together" if facts | length > 1 else facts[0].rows_name }}
{% if group_names %}
GROUP BY {{ group_names | join(", ") }}
{% endif %}
{% if order_by %}
ORDER BY {{ order_by | join(", ") }}
{% endif %}
