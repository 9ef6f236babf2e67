"""What there is to choose from. A choice's text is what an address holds, so a link keeps its meaning."""

SPANS = {"one_year": "one year", "three_months": "three months", "all_time": "all time"}
NO_SERIES = {"score": "", "score_version": "", "target": ""}  # of what has no score
FAVOURITES = ("mmc", "corr_v4", "fnc_v4", "mpc")  # what is shown first, where it is there


def metrics(published):
    """The scores that leaderboards rank."""
    return list(published.read("leaderboard_metrics")["score"])


def seasons(published):
    """The scores of each season; newest season first."""
    found = {}
    frame = published.read("seasons")
    for season, score in zip(frame["season"], frame["score"], strict=True):
        found.setdefault(str(season), []).append(score)
    return found


def replays(published):
    """Published replays by their texts, as ``760-812``: what they are called, first and last round."""
    frame = published.read("replays")
    return {
        f"{first}-{last}": (f"{first} to {last}: {rules}", int(first), int(last))
        for first, last, rules in zip(
            frame["first_round"], frame["last_round"], frame["payout_rules"], strict=True
        )
    }


def models(published, query="models"):
    """The models' names by their ids, in the order of the names."""
    frame = published.read(query)
    return dict(zip(frame["model_id"], frame["model"], strict=True))


def rounds(published, query="rounds"):
    """The rounds by their numbers as text, newest first, each with its era."""
    frame = published.read(query)
    return {
        str(number): f"{number} · {era:%Y-%m-%d}" if era == era else str(number)
        for number, era in zip(frame["round_number"], frame["era_date"], strict=True)
    }


def series(published, query, **of_what):
    """Scores by their texts, as ``mmc · v1 · factor_neutral_20``; each the parameters that queries take."""
    frame = published.read(query, **of_what)
    found = zip(frame["score"], frame["score_version"], frame["target"], strict=True)
    return {
        f"{score} · {version} · {target}": {
            "score": score,
            "score_version": version,
            "target": target,
        }
        for score, version, target in found
    }


def favourite(options):
    """The option to begin with: of a favourite score, else the first."""
    for name in FAVOURITES:
        for option in options:
            if option.split(" · ")[0] == name:
                return option
    return next(iter(options), None)


def days(published, score):
    """Days that have a leaderboard of the score, newest first, as ISO dates."""
    frame = published.read("leaderboard_days", score=score)
    return [f"{day:%Y-%m-%d}" for day in frame["as_of_date"]]
