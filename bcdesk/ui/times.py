"""Moments in words: relative while online, exact in the tooltip, and offline never "ago".

All functions take and return epoch seconds; None is never, `moments.UNKNOWN` is unknown. Days and clocks are those of
this machine's time zone.
"""

from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QObject, QTimer, Signal

from bcdesk.contract.moments import UNKNOWN
from bcdesk.ui.text import counted, tr

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
_WEEK = 7 * DAY


_EARLIEST = datetime(1, 1, 3, tzinfo=UTC).timestamp()
_LATEST = datetime(9999, 12, 29, tzinfo=UTC).timestamp()


def local(moment: float) -> datetime:
    """Return a moment in this machine's time zone; one beyond the calendar, which a server may tell, is at its end."""
    return datetime.fromtimestamp(min(max(moment, _EARLIEST), _LATEST), UTC).astimezone()


def _month(number: int) -> str:
    return (
        tr("Jan"), tr("Feb"), tr("Mar"), tr("Apr"), tr("May"), tr("Jun"),
        tr("Jul"), tr("Aug"), tr("Sep"), tr("Oct"), tr("Nov"), tr("Dec"),
    )[number - 1]  # fmt: skip


def _weekday(number: int) -> str:
    return (tr("Mon"), tr("Tue"), tr("Wed"), tr("Thu"), tr("Fri"), tr("Sat"), tr("Sun"))[number]


def clock(moment: float, *, seconds: bool = False) -> str:
    """Return the time of day, ``14:02`` or ``14:02:11``."""
    return local(moment).strftime("%H:%M:%S" if seconds else "%H:%M")


def day(moment: float | None) -> str:
    """Return the day, ``May 5, 2023``; None is *Never*."""
    if (word := _no_moment(moment)) is not None or moment is None:
        return word or ""
    at = local(moment)
    return tr("{month} {day}, {year}", month=_month(at.month), day=at.day, year=at.year)


def exact(moment: float | None) -> str:
    """Return the moment whole, for tooltips: ``Fri, May 5, 2023, 14:02:11 (UTC+02:00)``."""
    if (word := _no_moment(moment)) is not None or moment is None:
        return word or ""
    offset = local(moment).strftime("%z")
    zone = f"UTC{offset[:3]}:{offset[3:5]}"
    return tr(
        "{weekday}, {day}, {clock} ({zone})",
        weekday=_weekday(local(moment).weekday()), day=day(moment), clock=clock(moment, seconds=True), zone=zone,
    )  # fmt: skip


def short(moment: float | None, now: float) -> str:
    """Return day and time as short as it stays clear near ``now``: ``Tue 12:02`` within 6 days, else the day."""
    if (word := _no_moment(moment)) is not None or moment is None:
        return word or ""
    if abs((local(moment).date() - local(now).date()).days) <= 6:
        return tr("{weekday} {clock}", weekday=_weekday(local(moment).weekday()), clock=clock(moment))
    return day(moment)


def ago(moment: float | None, now: float, *, as_of: float | None = None) -> str:
    """Say how long ago a moment was; with ``as_of`` (offline) say when it was instead.

    After a month it is the day. A moment ahead of ``now`` by a clock's error is *just now*.
    """
    if (word := _no_moment(moment)) is not None or moment is None:
        return word or ""
    if as_of is not None:
        return short(moment, as_of)
    passed = now - moment
    if passed < MINUTE:
        return tr("just now")
    if passed < HOUR:
        return tr("{n} min ago", n=int(passed // MINUTE))
    if passed < DAY:
        return counted(int(passed // HOUR), "{n} hour ago", "{n} hours ago")
    if passed < 30 * DAY:
        return counted(int(passed // DAY), "{n} day ago", "{n} days ago")
    return day(moment)


def ago_in_full(moment: float | None, now: float, *, as_of: float | None = None) -> str:
    """Say `ago`, and offline of which moment that is known: ``Tue 12:02, as of Tue 14:02``."""
    words = ago(moment, now, as_of=as_of)
    return words if as_of is None else tr("{when}, as of {as_of}", when=words, as_of=short(as_of, now))


def until(moment: float, now: float) -> str:
    """Say how far ahead a moment is: ``6 days``, ``23 h``, ``4 min``; *now* once it came."""
    return span(_whole(moment - now)) if moment > now else tr("now")


def _whole(ahead: float) -> float:
    """Return what is ahead in whole minutes from a minute on: what was set to 24 h is not 23 h a second later."""
    return ahead if ahead < MINUTE else round(ahead / MINUTE) * MINUTE


def until_brief(moment: float, now: float) -> str:
    """Say how far ahead a moment is in the least space, for chips: ``6 d``, ``23 h``, ``4 min``."""
    ahead = _whole(moment - now)
    if ahead >= DAY:
        return tr("{n} d", n=int(ahead // DAY))
    if ahead >= HOUR:
        return tr("{n} h", n=int(ahead // HOUR))
    return tr("{n} min", n=max(1, int(ahead // MINUTE)))


def span(seconds: float) -> str:
    """Say how long something lasts: ``30 s``, ``5 min``, ``24 h``, ``7 days``."""
    if seconds < MINUTE:
        return tr("{n} s", n=max(0, int(seconds)))
    if seconds < HOUR:
        return tr("{n} min", n=int(seconds // MINUTE))
    if seconds < 2 * DAY:
        return tr("{n} h", n=int(seconds // HOUR))
    return counted(int(seconds // DAY), "{n} day", "{n} days")


def midnight_after(moment: float) -> float:
    """Return the start of the next day, when relative days change."""
    at = local(moment)
    return (at.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)).timestamp()


def _no_moment(moment: float | None) -> str | None:
    if moment is None:
        return tr("Never")
    return tr("Unknown") if moment == UNKNOWN else None


class Ticker(QObject):
    """Tells every half minute that relative times have moved on; one for the whole program."""

    ticked = Signal()

    def __init__(self, parent: QObject | None = None, *, seconds: float = 30.0) -> None:
        """Start ticking every ``seconds``."""
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setInterval(int(seconds * 1000))
        self._timer.timeout.connect(self.ticked)
        self._timer.start()

    def stop(self) -> None:
        """Tick no more."""
        self._timer.stop()
