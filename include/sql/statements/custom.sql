WITH fact AS (
    SELECT source.*
    FROM (
{{ source | indent(8, first=true) }}
    ) AS source
{% if date_column %}
    WHERE source.{{ date_column.column | quoted }} >= %(window_start)s
      AND source.{{ date_column.column | quoted }} < %(window_end)s
{% endif %}
),
labelled AS (
    SELECT fact.*
{% for join in joins %}
        , {{ ("dimension %d" % loop.index) | quoted }}.{{ join.id | quoted }} AS {{ ("id %d" % loop.index) | quoted }}
        , {{ ("dimension %d" % loop.index) | quoted }}.{{ join.label | quoted }} AS {{ ("label %d" % loop.index) | quoted }}
{% endfor %}
    FROM fact
{% for join in joins %}
    LEFT JOIN (
{{ join.source | indent(8, first=true) }}
    ) AS {{ ("dimension %d" % loop.index) | quoted }}
        ON {{ ("dimension %d" % loop.index) | quoted }}.{{ join.id | quoted }} = fact.{{ join.by | quoted }}
{% endfor %}
)
SELECT
{% for join in joins %}
    {{ join.cell }} AS {{ join.name | quoted }},
{% endfor %}
{% for measure in measures %}
    {{ measure.sql }} AS {{ measure.name | quoted }}{{ "," if not loop.last }}
{% endfor %}
FROM labelled
{% if joins %}
GROUP BY {% for join in joins %}{{ ("id %d" % loop.index) | quoted }}, {{ ("label %d" % loop.index) | quoted }}{{ ", " if not loop.last }}{% endfor %}

ORDER BY {% for join in joins %}{{ ("label %d" % loop.index) | quoted }}, {{ ("id %d" % loop.index) | quoted }}{{ ", " if not loop.last }}{% endfor %}

{% endif %}
