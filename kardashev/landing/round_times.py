"""When a round opens and closes, where whoever lands it does not say: the organiser's times, in UTC."""

from datetime import timedelta

OPENS = timedelta(days=1, hours=13)  # after the midnight of its era date
CLOSES = timedelta(hours=2)  # after it opens, on a day of the week
CLOSES_ON_MONDAY = timedelta(days=7, hours=14)  # after the midnight of its week's Monday
