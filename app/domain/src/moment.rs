//! Points in time as people read them. The current time is always told, never asked.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use time::{Date, Duration, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

/// A point in time with the precision of a second, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(i64);

impl From<OffsetDateTime> for Moment {
    fn from(time: OffsetDateTime) -> Self {
        Self(time.unix_timestamp())
    }
}

impl Moment {
    /// For the store.
    pub fn civil(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(self.0).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// So many seconds after 1970-01-01T00:00:00Z.
    pub const fn from_unix_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// What `<input type="datetime-local">` holds, taken as UTC: `2026-11-24T09:05`, with or without seconds.
    pub fn from_control(text: &str) -> Option<Self> {
        let (date, clock) = text.trim().split_once('T')?;
        let number = |text: &str| {
            let digits = (1..=4).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| text.parse::<u16>().ok()).flatten()
        };
        let mut date = date.split('-').map(number);
        let (year, month, day) = (date.next()??, date.next()??, date.next()??);
        let mut clock = clock.split(':').map(number);
        let (hour, minute) = (clock.next()??, clock.next()??);
        // Seconds may be there and don't count; anything else, as an offset, would be another time.
        let seconds = clock.next().unwrap_or(Some(0))?;
        if seconds > 59 || clock.next().is_some() || date.next().is_some() {
            return None;
        }
        let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
        let date = Date::from_calendar_date(year.into(), month, u8::try_from(day).ok()?).ok()?;
        let clock = Time::from_hms(u8::try_from(hour).ok()?, u8::try_from(minute).ok()?, 0).ok()?;
        Some(PrimitiveDateTime::new(date, clock).assume_utc().into())
    }

    /// For the value of such a control: the minute, in UTC.
    pub fn control(self) -> String {
        self.rfc3339()[..16].to_owned()
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    pub fn unix_seconds(self) -> i64 {
        self.0
    }

    /// `2026-11-24T09:05:00Z`, for `<time datetime>` (RFC 3339).
    pub fn rfc3339(self) -> String {
        let t = self.civil();
        let (h, m, s) = t.to_hms();
        format!(
            "{:04}-{:02}-{:02}T{h:02}:{m:02}:{s:02}Z",
            t.year(),
            u8::from(t.month()),
            t.day()
        )
    }

    /// `24 Nov 2026`.
    pub fn date(self) -> String {
        let t = self.civil();
        let month = &t.month().to_string()[..3];
        format!("{} {month} {}", t.day(), t.year())
    }

    /// `24 Nov 2026, 09:05 UTC`.
    pub fn date_and_time(self) -> String {
        let (h, m, _) = self.civil().to_hms();
        format!("{}, {h:02}:{m:02} UTC", self.date())
    }

    /// How long ago, seen from `now`: `just now`, `5 minutes ago`, `yesterday`; a date after 30 days.
    /// A moment that lies ahead reads `in 5 minutes`, `in 6 days`.
    pub fn relative_to(self, now: Moment) -> String {
        let distance = now.0 - self.0;
        let (amount, unit) = match distance.unsigned_abs() {
            0..60 if distance >= 0 => return "just now".to_owned(),
            0..60 => return "in a moment".to_owned(),
            s @ 60..3_600 => (s / 60, "minute"),
            s @ 3_600..86_400 => (s / 3_600, "hour"),
            86_400..172_800 if distance > 0 => return "yesterday".to_owned(),
            s @ 86_400..2_592_000 => (s / 86_400, "day"),
            _ => return self.date(),
        };
        let plural = if amount == 1 { "" } else { "s" };
        if distance > 0 {
            format!("{amount} {unit}{plural} ago")
        } else {
            format!("in {amount} {unit}{plural}")
        }
    }
}

/// A day of the calendar, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(Date);

impl Day {
    /// The day of a moment.
    pub fn of(time: OffsetDateTime) -> Self {
        Self(time.to_offset(UtcOffset::UTC).date())
    }

    /// Its first moment.
    pub fn start(self) -> OffsetDateTime {
        self.0.midnight().assume_utc()
    }

    /// The first moment after it; `None` at the end of the calendar.
    pub fn end(self) -> Option<OffsetDateTime> {
        self.0.next_day().map(|next| Self(next).start())
    }
}

/// `2026-11-24`, as `<input type="date">` writes it (RFC 3339 full-date).
impl FromStr for Day {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let part = |range| text.get(range).and_then(|part: &str| part.parse::<u16>().ok());
        let has_form = text.len() == 10
            && text.bytes().enumerate().all(|(i, b)| match i {
                4 | 7 => b == b'-',
                _ => b.is_ascii_digit(),
            });
        let date = || {
            let month = Month::try_from(u8::try_from(part(5..7)?).ok()?).ok()?;
            let day = u8::try_from(part(8..10)?).ok()?;
            Date::from_calendar_date(part(0..4)?.into(), month, day).ok()
        };
        has_form.then(date).flatten().map(Self).ok_or("no day")
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let month = u8::from(self.0.month());
        write!(f, "{:04}-{month:02}-{:02}", self.0.year(), self.0.day())
    }
}

impl TryFrom<String> for Day {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}

/// A length of time in words, in its largest whole unit: `7 days`, `1 hour`, `90 minutes`.
pub fn duration_in_words(duration: Duration) -> String {
    let seconds = duration.whole_seconds();
    let units = [(86_400, "day"), (3_600, "hour"), (60, "minute")];
    let (amount, unit) = units
        .into_iter()
        .find(|(size, _)| seconds >= *size && seconds % size == 0)
        .map_or((seconds, "second"), |(size, unit)| (seconds / size, unit));
    format!("{amount} {unit}{}", if amount == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Moment = Moment(1_795_608_300);

    #[test]
    fn a_moment_reads_as_a_person_writes_it() {
        assert_eq!(NOON.rfc3339(), "2026-11-25T12:05:00Z");
        assert_eq!(NOON.date_and_time(), "25 Nov 2026, 12:05 UTC");
    }

    #[test]
    fn a_control_holds_a_minute_and_nothing_that_would_be_another_time() {
        for text in [
            "2026-11-25T12:05",
            "2026-11-25T12:05:00",
            "2026-11-25T12:05:59",
            " 2026-11-25T12:05 ",
        ] {
            assert_eq!(Moment::from_control(text), Some(NOON), "{text}");
        }
        for text in [
            "",
            "2026-11-25",
            "2026-11-25T12",
            "2026-11-25T12:05:60",
            "2026-11-25T12:05:00+02:00",
            "2026-11-25T12:05Z",
            "2026-11-25T12:05:00:00",
            "2026-11-25-01T12:05",
            "2026-02-30T12:05",
        ] {
            assert_eq!(Moment::from_control(text), None, "{text}");
        }
    }

    #[test]
    fn a_day_is_written_as_browsers_do_and_lasts_until_the_next() {
        let day: Day = "2028-02-29".parse().unwrap();
        assert_eq!(day.to_string(), "2028-02-29");
        assert_eq!(Moment::from(day.start()).rfc3339(), "2028-02-29T00:00:00Z");
        assert_eq!(Moment::from(day.end().unwrap()).rfc3339(), "2028-03-01T00:00:00Z");
        assert_eq!(Day::of(day.start()), day);
        assert_eq!("9999-12-31".parse::<Day>().unwrap().end(), None);
        for wrong in [
            "",
            "2026-02-29",
            "2026-13-01",
            "2026-00-10",
            "26-01-01",
            "+026-01-01",
            "2026-1-011",
            "2026-01-0ä",
        ] {
            assert!(wrong.parse::<Day>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn relative_time_goes_from_now_to_a_date() {
        let ago = |seconds: i64| Moment(NOON.0 - seconds).relative_to(NOON);
        assert_eq!(ago(5), "just now");
        assert_eq!(ago(60), "1 minute ago");
        assert_eq!(ago(7_200), "2 hours ago");
        assert_eq!(ago(90_000), "yesterday");
        assert_eq!(ago(86_400 * 3), "3 days ago");
        assert_eq!(ago(86_400 * 40), "16 Oct 2026");
        assert_eq!(ago(-86_400 * 6 - 5), "in 6 days");
    }

    #[test]
    fn a_moment_is_chosen_to_the_minute_and_read_back() {
        assert_eq!(Moment::from_control("2026-11-25T12:05"), Some(NOON));
        assert_eq!(Moment::from_control("2026-11-25T12:05:00"), Some(NOON));
        assert_eq!(NOON.control(), "2026-11-25T12:05");
        for wrong in [
            "",
            "2026-11-25",
            "2026-02-30T10:00",
            "2026-11-25T24:00",
            "-1-1-1T1:1",
            "99999-01-01T00:00",
        ] {
            assert_eq!(Moment::from_control(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn durations_use_their_largest_whole_unit() {
        assert_eq!(duration_in_words(Duration::days(7)), "7 days");
        assert_eq!(duration_in_words(Duration::hours(1)), "1 hour");
        assert_eq!(duration_in_words(Duration::minutes(90)), "90 minutes");
        assert_eq!(duration_in_words(Duration::seconds(3)), "3 seconds");
    }
}
