//! Every form of a moment that the contract and the providers' documents name, and those that must be refused.

use certcheck::model::timestamp::{
    Basis, DateValue, ParsedDate, Zone, epoch, epoch_text, offset, rfc3339, written,
};
use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use proptest::prelude::*;

fn utc(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).expect(text).to_utc()
}

fn east(hours: i32) -> FixedOffset {
    FixedOffset::east_opt(hours * 3600).expect("a zone on Earth")
}

/// Read as UTC and printed again; nothing where it is refused.
fn read(text: &str) -> Option<String> {
    let moment = written(text).and_then(|written| Zone::utc().place(written));
    moment.map(|moment| rfc3339(moment.at))
}

/// The same for a date field of a cloud.
fn field(text: &str) -> Option<String> {
    let reading = Zone::utc().read(text);
    assert_eq!(reading.raw.as_deref(), Some(text), "the text is kept");
    reading.moment().map(|moment| rfc3339(moment.at))
}

#[test]
fn forms_that_providers_use_are_read() {
    for text in [
        "2027-05-31 07:09:05",
        "2027-05-31T07:09:05",
        "2027-05-31t07:09:05",
        "2027-05-31T07:09:05Z",
        "2027-05-31T07:09:05z",
        "2027-05-31 07:09:05.0",
        "2027-05-31 07:09:05.123456789",
        "2027-05-31T07:09:05.999Z",
        "2027-05-31 7:9:5",
        "2027-05-31 07:09:5",
        "2027-5-31 07:09:05",
        "2027/05/31 07:09:05",
        "2027.05.31 07:09:05",
        "  2027-05-31   07:09:05\t",
        "2027-05-31 07:09:05 AM",
        "2027-05-31 07:09:05am",
        "2027-05-31 07:09:05 UTC",
        "2027-05-31 07:09:05 GMT",
        "2027-05-31T15:09:05+08:00",
        "2027-05-31T15:09:05+0800",
        "2027-05-31T15:09:05 +0800",
        "2027-05-31T03:39:05-03:30",
    ] {
        assert_eq!(
            read(text).as_deref(),
            Some("2027-05-31T07:09:05Z"),
            "{text}"
        );
    }
}

#[test]
fn a_field_of_a_cloud_has_all_its_digits() {
    for text in [
        "2027-05-31 07:09:05",
        "2027-05-31T07:09:05",
        "2027-05-31 07:09:05.0",
        "2027-05-31 07:09:05.123456789",
        "2027-05-31T07:09:05Z",
        "2027-05-31T07:09:05.999Z",
        "2027-05-31T15:09:05+08:00",
        "2027-05-31T15:09:05.5+0800",
        "2027-05-31T03:39:05-03:30",
        "2027-05-31T03:39:05-0330",
        "1811747345",
        "1811747345000",
        "1811747345999",
    ] {
        assert_eq!(
            field(text).as_deref(),
            Some("2027-05-31T07:09:05Z"),
            "{text}"
        );
    }
    // What is left of these where they were cut says another moment.
    for text in [
        "2027-05-31",
        "2027-05-3",
        "2027-05-31 07",
        "2027-05-31 07:09",
        "2027-05-31 07:09:0",
        "2027-05-31T15:09:05+",
        "2027-05-31T15:09:05+0",
        "2027-05-31T15:09:05+08",
        "2027-05-31T15:09:05+08:0",
        "2027-05-31T15:09:05+080",
        "2027-05-31 07:09:05 ",
        "2027-05-31 07:09:05.",
        "2027-05-31 07:09:05 UTC",
        "2027-13-31 07:09:05",
        "181174734",
        "181174734500",
    ] {
        assert_eq!(field(text), None, "{text:?}");
        assert_eq!(
            Zone::utc().read(text).value,
            DateValue::Unreadable,
            "{text:?}"
        );
    }
}

#[test]
fn noon_and_midnight_of_twelve_hour_clocks() {
    for (clock, hour) in [
        ("12:00:00 AM", "00:00:00"),
        ("12:30 am", "00:30:00"),
        ("12:00:00 PM", "12:00:00"),
        ("1:05:09 pm", "13:05:09"),
        ("11:59:59 PM", "23:59:59"),
    ] {
        let text = format!("2027-05-31 {clock}");
        assert_eq!(read(&text), Some(format!("2027-05-31T{hour}Z")), "{text}");
    }
    assert_eq!(read("2027-05-31 00:30 AM"), None);
    assert_eq!(read("2027-05-31 13:30 PM"), None);
}

#[test]
fn what_is_no_moment_is_refused_and_kept() {
    for text in [
        "",
        " ",
        "-",
        "--",
        "abc",
        "0",
        "-1",
        "0000-00-00 00:00:00",
        "1970-01-01 00:00:00",
        "1970-12-31T23:59:59Z",
        "0999-01-01 00:00:00",
        "10000-01-01 00:00:00",
        "2027-02-29 00:00:00",
        "2100-02-29",
        "2027-13-01",
        "2027-00-10",
        "2027-04-31",
        "2027-05-31 24:00:00",
        "2027-05-31 23:60:00",
        "2027-05-31 23:59:60",
        "2027-05-31 12",
        "2027-05-31 12:3",
        "2027-05-31 1:2:3:4",
        "2027-05-31 007:09:05",
        "2027-05-31 07:09:05.",
        "2027-05-31 07:09:05.1234567890",
        "2027-05-31 07:09:05.-1",
        "2027-05-31 +7:09:05",
        "2027-05-31T",
        "2027-05-31 Z",
        "2027-05-31 07:09:05 CST",
        "2027-05-31T07:09:05+15:00",
        "2027-05-31T07:09:05+08:60",
        "2027-05-31T07:09:05+",
        "2027-05-31T07:09:05+8",
        "2027-05-31T07:09:05+08",
        "2027-05-31T07:09:05+08:0",
        "2027-05-31T07:09:05+08:00:00",
        "27-05-31 07:09:05",
        "2027-05-3 07:09:05",
        "2027/02/3",
        "02027-05-31",
        "2027-005-31",
        "2027-05-031",
        "2027-05-31-01",
        "2027-05",
        "20270531",
        "20270531070905",
        "18117473450000",
        "181174734",
        "+811747345",
        "1811747345.5",
        "２０２７-05-31",
        "2027-05-31 07:09:0５",
    ] {
        let value = (read(text), Zone::utc().read(text).value);
        assert_eq!(value, (None, DateValue::Unreadable), "{text:?}");
    }
}

#[test]
fn leap_days_exist_in_leap_years() {
    assert_eq!(
        read("2028-02-29 12:00:00").as_deref(),
        Some("2028-02-29T12:00:00Z")
    );
    assert_eq!(
        read("2000-02-29T00:00:00Z").as_deref(),
        Some("2000-02-29T00:00:00Z")
    );
}

#[test]
fn epoch_tells_seconds_from_milliseconds_by_their_digits() {
    assert_eq!(epoch(1_811_747_345), Some(utc("2027-05-31T07:09:05Z")));
    assert_eq!(epoch(1_811_747_345_000), Some(utc("2027-05-31T07:09:05Z")));
    for (first, last, from, to) in [
        (
            1_000_000_000,
            9_999_999_999,
            "2001-09-09T01:46:40Z",
            "2286-11-20T17:46:39Z",
        ),
        (
            1_000_000_000_000,
            9_999_999_999_999,
            "2001-09-09T01:46:40Z",
            "2286-11-20T17:46:39Z",
        ),
    ] {
        assert_eq!(epoch(first), Some(utc(from)));
        assert_eq!(epoch(last), Some(utc(to)));
        assert_eq!((epoch(first - 1), epoch(last + 1)), (None, None));
    }
    // Fourteen digits occur in an official sample; eleven of thirteen would lie in a far century.
    for value in [
        0,
        -1,
        1,
        15_348_223_450_000,
        17_645_616_000,
        i64::MAX,
        i64::MIN,
    ] {
        assert_eq!(epoch(value), None, "{value}");
    }
    for text in ["0000000001", "0001811747345", "01811747345"] {
        assert_eq!(epoch_text(text), None, "{text}");
    }
}

#[test]
fn a_zone_in_the_text_beats_the_providers_own() {
    let zone = Zone {
        later: TimeDelta::hours(8),
        ..Zone::certain(east(8), Basis::Assumed)
    };
    let own = *zone.read("2027-05-31 08:00:00").moment().expect("a date");
    assert_eq!(own.at, utc("2027-05-31T00:00:00Z"));
    assert_eq!(
        (own.earliest, own.latest),
        (own.at, utc("2027-05-31T08:00:00Z"))
    );
    assert_eq!(own.basis, Basis::Assumed);
    for text in ["2027-05-31 08:00:00Z", "1811750400", "1811750400000"] {
        let moment = *zone.read(text).moment().expect(text);
        assert_eq!(moment.at, utc("2027-05-31T08:00:00Z"), "{text}");
        assert_eq!((moment.earliest, moment.latest), (moment.at, moment.at));
        assert_eq!(moment.basis, Basis::Utc);
    }
}

#[test]
fn a_day_alone_ends_with_its_last_second_and_counts_from_its_first() {
    let day = written("2027-05-31").expect("a day");
    let day = Zone::certain(east(8), Basis::Configured).place(day);
    let day = day.expect("a moment");
    assert_eq!(day.at, utc("2027-05-31T15:59:59Z"));
    assert_eq!(day.latest, day.at);
    assert_eq!(day.earliest, utc("2027-05-30T16:00:00Z"));
}

#[test]
fn f06_the_last_day_means_no_end_in_every_zone() {
    for text in [
        "9999-12-31T23:59:59Z",
        "9999-12-31T00:00:00Z",
        "9999-12-31 23:59:59 -08:00",
        "9999-12-31 23:59:59 +14:00",
        "9999-12-31 00:00:00 +08:00",
        "9999-12-31",
    ] {
        let no_end = Some("9999-12-31T23:59:59Z");
        assert_eq!(read(text).as_deref(), no_end, "{text}");
        for hours in -14..=14 {
            for basis in [Basis::Configured, Basis::ProviderZone, Basis::Assumed] {
                let zone = Zone {
                    earlier: TimeDelta::hours(14),
                    later: TimeDelta::hours(14),
                    ..Zone::certain(east(hours), basis)
                };
                let moment = written(text).and_then(|written| zone.place(written));
                let moment = moment.expect(text);
                assert_eq!(rfc3339(moment.at), "9999-12-31T23:59:59Z", "{text} {hours}");
                assert_eq!((moment.earliest, moment.latest), (moment.at, moment.at));
                assert_eq!(moment.basis, Basis::Utc);
                assert!(moment.is_no_end());
            }
        }
    }
    assert_eq!(
        read("9999-12-30 23:59:59").as_deref(),
        Some("9999-12-30T23:59:59Z")
    );
    assert_eq!(read("10000-01-01 00:00:00"), None);
}

#[test]
fn the_first_year_of_the_calendar_is_read_where_it_can_be() {
    assert_eq!(read("1971-01-01 00:00:00+08:00"), None);
}

#[test]
fn instants_outside_the_years_of_certificates_are_refused_by_the_zone() {
    let old = DateTime::from_timestamp(0, 0).expect("the epoch");
    assert_eq!(Zone::utc().place(ParsedDate::Instant(old)), None);
}

#[test]
fn offsets_as_people_write_them() {
    for (text, seconds) in [
        ("+08:00", 28_800),
        ("+0800", 28_800),
        ("+8", 28_800),
        ("+08", 28_800),
        ("-03:30", -12_600),
        ("+8:00", 28_800),
        ("+05:45", 20_700),
        ("+14:00", 50_400),
        ("Z", 0),
        ("UTC", 0),
        (" +00:00 ", 0),
    ] {
        assert_eq!(
            offset(text).map(|o| o.local_minus_utc()),
            Some(seconds),
            "{text}"
        );
    }
    for text in [
        "",
        "8",
        "08:00",
        "+",
        "+15",
        "+14:01",
        "+8:60",
        "+05:4",
        "+080",
        "+08:00:00",
        "++8",
        "+-8",
        "Asia/Shanghai",
        "+八",
    ] {
        assert_eq!(offset(text), None, "{text:?}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in ".{0,60}", zone in -14_i32..=14) {
        let _ = written(&text);
        let _ = epoch_text(&text);
        let _ = offset(&text);
        let _ = Zone::certain(east(zone), Basis::Assumed).read(&text);
    }

    #[test]
    fn nothing_near_a_date_makes_it_panic(text in "[0-9]{1,5}[-/.][0-9]{1,3}[-/.][0-9]{1,3}[ Tt]?[-+0-9:. APMapmZz]{0,16}") {
        if let Some(moment) = Zone::utc().read(&text).moment() {
            prop_assert!(moment.earliest <= moment.at && moment.at <= moment.latest);
        }
    }

    #[test]
    fn printed_and_read_again_is_the_same(seconds in 31_536_000_i64..253_402_300_800) {
        let at = DateTime::from_timestamp(seconds, 0).expect("in range");
        let again = *Zone::certain(east(-5), Basis::Assumed).read(&rfc3339(at)).moment().expect("a date");
        prop_assert_eq!(again.at, at);
        prop_assert_eq!(again.basis, Basis::Utc);
    }

    #[test]
    fn what_was_read_survives_printing(text in "(19|20)[0-9]{2}-(0[1-9]|1[0-2])-[0-3][0-9][ T][0-2][0-9]:[0-5][0-9]:[0-5]?[0-9](\\.[0-9]{1,9})?(Z|[+-](0[0-9]|1[0-3]):[03]0)?") {
        if let Some(moment) = Zone::utc().read(&text).moment() {
            let printed = rfc3339(moment.at);
            let again = *Zone::utc().read(&printed).moment().expect("what we print we read");
            prop_assert_eq!(again.at, moment.at);
        }
    }

    #[test]
    fn milliseconds_are_printed_as_they_are_compared(millis in 1_000_000_000_000_i64..10_000_000_000_000) {
        let at = epoch(millis).expect("in range");
        prop_assert_eq!(utc(&rfc3339(at)), at);
    }
}
