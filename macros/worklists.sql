{#
    The condition on an incremental model's rows that they belong to entries of its worklist which this build redoes:
    none of another model, and none of one that rows are only added to. By it such rows are replaced, tested and
    published. The worklist stands beside the model.
#}
{% macro redone_rows(config, model) %}
    {% if config.materialized != "incremental" or not config.meta.get("redoes") %}
        {{ return(none) }}
    {% endif %}
    {% set keys = config.meta.get("keys", ["round_number"]) | join(", ") %}
    {% set worklist = model.incorporate(
        path={"identifier": config.meta.get("worklist", "int_rounds_due")}
    ) %}
    {{ return(
        "(" ~ keys ~ ") in (select " ~ keys ~ " from " ~ worklist
        ~ " where " ~ config.meta.redoes ~ ")"
    ) }}
{% endmacro %}


{#
    The condition on a model's rows that this build wrote them: what a data test looks at. All of a table, or of a view; of
    an incremental model the rows of the entries that were redone, for no others are written. With the variable
    `whole_tables` kept rows are looked at, too.
#}
{% macro written_now(model) %}
    {% if execute %}
        {% set config = graph.nodes["model.kardashev." ~ model.identifier].config %}
        {% if is_of_one_entry(config) %}
            {{ return(redone_rows(config, model) or "true") }}
        {% endif %}
    {% endif %}
    {{ return("true") }}
{% endmacro %}


{#
    Whether this build is asked for a round: for each, but in a backfill, where KARDASHEV_ROUNDS names the first and the
    last. What is not asked for stays due.
#}
{% macro is_asked(round_number) %}
    {% set asked = env_var("KARDASHEV_ROUNDS", "") %}
    {{ return(
        round_number ~ " between " ~ asked.split("-") | join(" and ") if asked else "true"
    ) }}
{% endmacro %}


{# Whether this build is a part of a backfill. #}
{% macro is_backfill() %}
    {{ return(env_var("KARDASHEV_ROUNDS", "") != "") }}
{% endmacro %}


{#
    Whether rows that are alike in these columns, or each row by itself, belong to one entry of the model's worklist, so
    that those written now can be judged without those that are kept. Never with the variable `whole_tables`.
#}
{% macro is_of_one_entry(config, columns=none) %}
    {% set keys = config.meta.get("keys", ["round_number"]) %}
    {{ return(
        not var("whole_tables")
        and config.meta.get("redoes")
        and (columns is none or not keys | reject("in", columns) | list)
    ) }}
{% endmacro %}


{# The models that are published, by their names: fct_, dim_, leaderboard_. #}
{% macro published_models() %}
    {% set published = [] %}
    {% for node in (graph.nodes.values() if execute else []) %}
        {% if
            node.resource_type == "model"
            and node.name.split("_")[0] in ("fct", "dim", "leaderboard")
        %}
            {% do published.append(node) %}
        {% endif %}
    {% endfor %}
    {{ return(published) }}
{% endmacro %}
