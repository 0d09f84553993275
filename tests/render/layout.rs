//! Which columns are shown at which width, what is shortened, and what never is.

use certcheck::model::{Environment, Facts, Report, Status, Verdict};
use certcheck::render::style::TextStyle;
use certcheck::render::table;
use unicode_width::UnicodeWidthStr as _;

use crate::{dated, mixed, piped, push, report, terminal, unsure, without_colour, worded};

const ID: &str = "baba39055622c008b90285a8838ed09a";

fn header(report: &Report, look: TextStyle) -> Vec<String> {
    let text = table::report(report, look);
    let line = text
        .lines()
        .find(|line| line.contains("PROVIDER"))
        .expect("a header");
    let words = line
        .split([' ', '┆', '│', '|'])
        .filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

fn named() -> Facts {
    let mut facts = dated(ID, 100);
    facts.name = Some("a-name-of-twenty-one".to_owned());
    facts.scope = Some("site 1234567890123".to_owned());
    facts.add_domains(["www.example.com", "example.com"]);
    facts
}

/// Two sites, so that the scope matters.
fn two_sites() -> Report {
    let mut other = named();
    other.scope = Some("site 9876543210987".to_owned());
    report(vec![("esa", named()), ("esa", other)], vec![])
}

#[test]
fn columns_give_way_in_the_order_of_the_contract() {
    let mut gone: Vec<String> = Vec::new();
    let all = header(&two_sites(), terminal(300));
    assert_eq!(
        all.join(" "),
        "PROVIDER ID NAME SCOPE DOMAINS STATUS EXPIRES LEFT VERDICT"
    );
    for width in (60..300).rev() {
        let shown = header(&two_sites(), terminal(width));
        for name in &all {
            match (shown.contains(name), gone.contains(name)) {
                (false, false) => gone.push(name.clone()),
                (true, true) => panic!("{name} is back at {width}"),
                _ => {}
            }
        }
    }
    gone.retain(|name| name != "LEFT");
    assert_eq!(gone, ["DOMAINS", "SCOPE", "NAME"]);
}

#[test]
fn without_a_scope_the_name_goes_before_the_time_left() {
    let report = report(vec![("esa", named())], vec![]);
    for (width, columns) in [
        (130, "PROVIDER ID NAME DOMAINS STATUS EXPIRES LEFT VERDICT"),
        (110, "PROVIDER ID NAME STATUS EXPIRES LEFT VERDICT"),
        (85, "PROVIDER ID STATUS EXPIRES LEFT VERDICT"),
        (72, "PROVIDER ID STATUS EXPIRES VERDICT"),
        (40, "PROVIDER ID STATUS EXPIRES VERDICT"),
    ] {
        assert_eq!(
            header(&report, terminal(width)).join(" "),
            columns,
            "{width}"
        );
    }
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for report in [mixed(), two_sites()] {
        for width in 60..220 {
            let text = table::report(&report, terminal(width));
            for line in text.lines() {
                assert!(line.width() <= usize::from(width), "{width}: {line}");
            }
        }
    }
}

#[test]
fn a_pipe_cuts_nothing_that_identifies() {
    let name = "n".repeat(90);
    let mut facts = named();
    facts.name = Some(name.clone());
    let mut other = named();
    other.scope = Some("site 9876543210987".to_owned());
    let text = table::report(
        &report(vec![("esa", facts), ("esa", other)], vec![]),
        piped(),
    );
    for whole in [
        ID,
        &name,
        "site 1234567890123",
        "site 9876543210987",
        "in 3 months",
    ] {
        assert!(text.contains(whole), "{whole}\n{text}");
    }
    assert!(!text.contains("DOMAINS"));
    let long = "x".repeat(128);
    let text = table::report(&report(vec![("esa", dated(&long, 100))], vec![]), piped());
    assert!(text.contains(&long));
}

#[test]
fn a_long_name_is_shortened_on_a_terminal_and_costs_nobody_the_column() {
    let mut long = dated("1", 100);
    long.name = Some("证".repeat(40));
    let mut short = dated("2", 100);
    short.name = Some("short".to_owned());
    let report = report(vec![("pbx", long), ("pbx", short)], vec![]);
    let text = table::report(&report, terminal(100));
    assert!(text.contains(&format!(" {}… ", "证".repeat(15))), "{text}");
    assert!(text.contains("short"));
    let look = TextStyle {
        utf8: false,
        ..terminal(100)
    };
    let text = table::report(&report, look);
    assert!(
        text.contains("\\u{8bc1}\\u{8bc1}\\u{8bc1}\\u{8b..."),
        "{text}"
    );
    assert!(text.contains("short"));
}

#[test]
fn names_and_domains_shrink_before_a_column_goes_and_the_wider_one_first() {
    let mut facts = dated("aBcD1234", 100);
    facts.name = Some("n".repeat(40));
    facts.add_domains(["d".repeat(20), "other.example".to_owned()]);
    let report = report(vec![("tencent", facts)], vec![]);
    let row = |width| {
        let text = table::report(&report, terminal(width));
        let row = text.lines().find(|line| line.contains("aBcD1234"));
        row.expect("a row").to_owned()
    };
    for (width, name, domain) in [
        (200, "n".repeat(31) + "…", "d".repeat(20) + " +1"),
        (110, "n".repeat(22) + "…", "d".repeat(20) + " +1"),
        (100, "n".repeat(17) + "…", "d".repeat(14) + "… +1"),
        (88, "n".repeat(11) + "…", "d".repeat(8) + "… +1"),
    ] {
        let row = row(width);
        assert!(row.contains(&format!(" {name} ")), "{width}: {row}");
        assert!(row.contains(&format!(" {domain} ")), "{width}: {row}");
    }
    assert!(
        !row(87).contains("dd") && row(87).contains("nnnnnn"),
        "{}",
        row(87)
    );
}

#[test]
fn a_frame_is_for_terminals_with_room_for_it() {
    let report = report(vec![("pbx", dated("1", 100))], vec![]);
    let framed = |look| table::report(&report, look).contains('│');
    assert!(framed(terminal(80)));
    assert!(!framed(terminal(60)));
    assert!(!framed(piped()), "words are picked from a pipe by blanks");
}

#[test]
fn no_line_ends_in_blanks() {
    let narrow = report(
        vec![("esa", dated(ID, 100)), ("pbx", dated("1", 3))],
        vec![],
    );
    for (report, width) in [(mixed(), 200), (mixed(), 60), (narrow, 50)] {
        let text = table::report(&report, terminal(width));
        assert!(!text.lines().any(|line| line.ends_with(' ')), "{text:?}");
    }
}

#[test]
fn a_scope_shows_only_where_one_provider_has_several() {
    let mut scoped = dated("1", 100);
    scoped.scope = Some("intl".to_owned());
    let mut other = dated("2", 100);
    other.scope = Some("cn-north-4".to_owned());
    let different = report(
        vec![("tencent", scoped.clone()), ("huawei", other.clone())],
        vec![],
    );
    assert!(!header(&different, terminal(200)).contains(&"SCOPE".to_owned()));
    let same = report(vec![("tencent", scoped), ("tencent", other)], vec![]);
    let text = table::report(&same, terminal(200));
    assert!(text.contains("intl") && text.contains("cn-north-4"));
}

#[test]
fn an_environment_outlives_the_time_left() {
    let report = report(
        vec![
            ("mpush", push("335799001", Environment::Production, 200)),
            ("mpush", push("335799001", Environment::Development, -400)),
            (
                "mpush",
                worded("335799002", Status::NotConfigured, "NOT_CONFIGURED"),
            ),
        ],
        vec![],
    );
    assert_eq!(
        header(&report, terminal(80)).join(" "),
        "PROVIDER ID SCOPE STATUS EXPIRES VERDICT"
    );
}

#[test]
fn time_left_in_words() {
    for (hours, seconds, words) in [
        (24 * 400, 0, "in 13 months"),
        (24 * 100, -1, "in 99 days"),
        (48, 0, "in 2 days"),
        (48, -1, "in 47 hours"),
        (1, 0, "in 60 minutes"),
        (0, 59, "in 59 seconds"),
        (0, 0, "now"),
        (0, -1, "1 second ago"),
        (-3, 0, "3 hours ago"),
        (-48, 0, "2 days ago"),
        (-24 * 100, 0, "3 months ago"),
    ] {
        let mut facts = unsure("1", hours);
        let at = facts.not_after.moment().expect("a date").at;
        let moment = certcheck::model::Moment::certain(
            at + chrono::TimeDelta::seconds(seconds),
            certcheck::model::Basis::Utc,
        );
        facts.not_after = certcheck::model::DateField::known("raw", moment);
        let text = table::report(&report(vec![("pbx", facts)], vec![]), terminal(100));
        assert!(text.contains(&format!(" {words} ")), "{words}\n{text}");
    }
}

#[test]
fn what_is_not_certain_is_not_given_to_the_minute() {
    for (hours, words) in [
        (-1, "unclear"),
        (-8, "unclear"),
        (-9, "~9 hours ago"),
        (0, "now"),
        (5, "in ~5 hours"),
        (24 * 9, "in 9 days"),
    ] {
        let text = table::report(
            &report(vec![("huawei", unsure("1", hours))], vec![]),
            terminal(100),
        );
        assert!(text.contains(&format!(" {words} ")), "{words}\n{text}");
    }
}

#[test]
fn forty_rows_are_forty_lines() {
    let rows = (0..40)
        .map(|n| ("tencent", dated(&format!("cert{n:04}"), 100 + n)))
        .collect();
    let text = table::report(&report(rows, vec![]), terminal(80));
    assert_eq!(
        text.lines().filter(|line| line.contains("cert0")).count(),
        40
    );
    let widths: Vec<usize> = text.lines().take(44).map(|line| line.width()).collect();
    assert!(widths.iter().all(|width| *width == widths[0]), "{widths:?}");
    assert!(text.ends_with("ok: 40 certificates\n"));
}

#[test]
fn colour_marks_status_verdict_and_error_only_and_changes_nothing_else() {
    let (plain, coloured) = (
        terminal(200),
        TextStyle {
            colour: true,
            ..terminal(200)
        },
    );
    let text = table::report(&mixed(), coloured);
    for (verdict, code) in [
        (Verdict::Ok, 2),
        (Verdict::Warning, 3),
        (Verdict::Critical, 1),
        (Verdict::Unknown, 5),
    ] {
        assert!(
            text.contains(&format!("┆\u{1b}[38;5;{code}m {}", verdict.as_str())),
            "{verdict:?}\n{text:?}"
        );
    }
    let stripped = without_colour(&text);
    assert_eq!(stripped, table::report(&mixed(), plain));
    assert_eq!(
        text.matches("\u{1b}[39m").count(),
        13,
        "two cells of each of six rows, and the word before an error"
    );
}
