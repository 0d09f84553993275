//! The table as a whole, as a person sees it: at the usual widths, in ASCII, with errors and long texts.

use certcheck::model::report::Report;
use certcheck::model::{Basis, DateField, Environment, Facts, Moment, Note, Status};
use certcheck::render::style::TextStyle;
use certcheck::render::table;

use crate::{dated, failure, in_days, mixed, piped, push, report, terminal, worded};

/// The rows alone.
fn rows(report: &Report, look: TextStyle) -> String {
    let text = table::report(report, look);
    let rows = text.split("\n\n").next().unwrap_or_default();
    format!("\n{rows}\n")
}

#[test]
fn sixty_columns() {
    let expected = "
PROVIDER  ID                STATUS   EXPIRES     VERDICT
mpush     335799001         OK       2027-06-10  ok
mpush     335799001         EXPIRED  2025-10-18  critical
tencent   aBcD1234          OK       2027-05-31  ok
tencent   eFgH5678          OK       2026-12-12  warning
pbx       3                 PENDING  -           warning
huawei    scs1700000000009  UNKNOWN  2026-11-22  unknown
";
    assert_eq!(rows(&mixed(), terminal(60)), expected);
}

#[test]
fn eighty_columns() {
    let expected = "
┌──────────┬──────────────────┬──────────────┬─────────┬────────────┬──────────┐
│ PROVIDER ┆ ID               ┆ NAME         ┆ STATUS  ┆ EXPIRES    ┆ VERDICT  │
╞══════════╪══════════════════╪══════════════╪═════════╪════════════╪══════════╡
│ mpush    ┆ 335799001        ┆              ┆ OK      ┆ 2027-06-10 ┆ ok       │
│ mpush    ┆ 335799001        ┆              ┆ EXPIRED ┆ 2025-10-18 ┆ critical │
│ tencent  ┆ aBcD1234         ┆ 网上商店证书 ┆ OK      ┆ 2027-05-31 ┆ ok       │
│ tencent  ┆ eFgH5678         ┆ plain        ┆ OK      ┆ 2026-12-12 ┆ warning  │
│ pbx      ┆ 3                ┆              ┆ PENDING ┆ -          ┆ warning  │
│ huawei   ┆ scs1700000000009 ┆              ┆ UNKNOWN ┆ 2026-11-22 ┆ unknown  │
└──────────┴──────────────────┴──────────────┴─────────┴────────────┴──────────┘
";
    assert_eq!(rows(&mixed(), terminal(80)), expected);
}

#[test]
fn a_pipe_of_a_hundred_and_twenty() {
    let expected = "
PROVIDER  ID                NAME          SCOPE        DOMAINS              STATUS   EXPIRES     LEFT           VERDICT
mpush     335799001                       production                        OK       2027-06-10  in 6 months    ok
mpush     335799001                       development                       EXPIRED  2025-10-18  13 months ago  critical
tencent   aBcD1234          网上商店证书               www.example.com +2   OK       2027-05-31  in 6 months    ok
tencent   eFgH5678          plain                      host0.example.c… +9  OK       2026-12-12  in 20 days     warning
pbx       3                                                                 PENDING  -           -              warning
huawei    scs1700000000009                                                  UNKNOWN  2026-11-22  unclear        unknown
";
    assert_eq!(rows(&mixed(), piped()), expected);
}

#[test]
fn two_hundred_columns() {
    let expected = "
┌──────────┬──────────────────┬──────────────┬─────────────┬──────────────────────┬─────────┬────────────┬───────────────┬──────────┐
│ PROVIDER ┆ ID               ┆ NAME         ┆ SCOPE       ┆ DOMAINS              ┆ STATUS  ┆ EXPIRES    ┆ LEFT          ┆ VERDICT  │
╞══════════╪══════════════════╪══════════════╪═════════════╪══════════════════════╪═════════╪════════════╪═══════════════╪══════════╡
│ mpush    ┆ 335799001        ┆              ┆ production  ┆                      ┆ OK      ┆ 2027-06-10 ┆ in 6 months   ┆ ok       │
│ mpush    ┆ 335799001        ┆              ┆ development ┆                      ┆ EXPIRED ┆ 2025-10-18 ┆ 13 months ago ┆ critical │
│ tencent  ┆ aBcD1234         ┆ 网上商店证书 ┆             ┆ www.example.com +2   ┆ OK      ┆ 2027-05-31 ┆ in 6 months   ┆ ok       │
│ tencent  ┆ eFgH5678         ┆ plain        ┆             ┆ host0.example.com +9 ┆ OK      ┆ 2026-12-12 ┆ in 20 days    ┆ warning  │
│ pbx      ┆ 3                ┆              ┆             ┆                      ┆ PENDING ┆ -          ┆ -             ┆ warning  │
│ huawei   ┆ scs1700000000009 ┆              ┆             ┆                      ┆ UNKNOWN ┆ 2026-11-22 ┆ unclear       ┆ unknown  │
└──────────┴──────────────────┴──────────────┴─────────────┴──────────────────────┴─────────┴────────────┴───────────────┴──────────┘
";
    assert_eq!(rows(&mixed(), terminal(200)), expected);
}

#[test]
fn an_id_that_cannot_fit_stands_alone_and_is_never_broken() {
    let hex = "baba39055622c008b90285a8838ed09a";
    let report = report(
        vec![
            ("esa", dated(hex, 100)),
            ("mpush", worded("1", Status::NotConfigured, "x")),
        ],
        vec![],
    );
    let narrow = "
PROVIDER  ID  STATUS          EXPIRES     VERDICT
esa       baba39055622c008b90285a8838ed09a
              OK              2027-03-02  ok
mpush     1   NOT_CONFIGURED  -           warning
";
    assert_eq!(rows(&report, terminal(60)), narrow);
    let usual = "
PROVIDER  ID                                STATUS          EXPIRES     VERDICT
esa       baba39055622c008b90285a8838ed09a  OK              2027-03-02  ok
mpush     1                                 NOT_CONFIGURED  -           warning
";
    assert_eq!(rows(&report, terminal(80)), usual);
}

#[test]
fn ascii_and_escapes() {
    let mut red = dated("1", 100);
    red.name = Some("证\u{1b}[31m".to_owned());
    let ascii = TextStyle {
        utf8: false,
        ..terminal(100)
    };
    let expected = r"
+----------+----+--------------------+--------+------------+-------------+---------+
| PROVIDER | ID | NAME               | STATUS | EXPIRES    | LEFT        | VERDICT |
+==================================================================================+
| pbx      | 1  | \u{8bc1}\u{1b}[31m | OK     | 2027-03-02 | in 3 months | ok      |
+----------+----+--------------------+--------+------------+-------------+---------+
";
    let text = rows(&report(vec![("pbx", red.clone())], vec![]), ascii);
    assert_eq!(text, expected);
    let text = rows(&report(vec![("pbx", red)], vec![]), terminal(100));
    assert!(text.contains(r"┆ 证\u{1b}[31m ┆"), "{text}");
}

#[test]
fn what_stands_below_the_rows() {
    let text = table::report(&mixed(), terminal(80));
    let below = text.split_once("\n\n").expect("something below").1;
    let expected = "\
mpush 335799001 (development): EXPIRED, critical
  - if this app does not use it (or signs in to APNs with a token), leave it out
    with --environment development
tencent eFgH5678: OK, warning
  - ends within the warning threshold of 30 days (--warn)
huawei scs1700000000009: UNKNOWN
  - no time zone is given: the end of validity may be up to 8 hours later
  - validity ends between 2026-11-22T05:00:00Z and 2026-11-22T13:00:00Z, so the
    certificate may have expired

error: tencent iJkL9012 (intl): Tencent asks to slow down
  (throttled, code RequestLimitExceeded, HTTP 429, 3 tries, request id req-1)
  hint: ask less often, or lower --concurrency; other tools share the account's
        limit

critical: 6 certificates (2 ok, 2 warning, 1 critical, 1 unknown), 1 error
";
    assert_eq!(below, expected);
}

#[test]
fn only_what_is_wrong_has_notes() {
    let mut fine = dated("1", 300);
    fine.note(Note::RenewalPending);
    let text = table::report(&report(vec![("pbx", fine)], vec![]), terminal(80));
    assert!(!text.contains("requested"), "{text}");
    assert!(text.ends_with("┘\n\nok: 1 certificate\n"), "{text}");
}

#[test]
fn errors_alone_have_no_table() {
    let text = table::report(&report(vec![], vec![failure("a", "no")]), terminal(80));
    assert!(text.starts_with("error: tencent a (intl): no\n"), "{text}");
    assert!(
        text.ends_with("\nunknown: 0 certificates, 1 error\n"),
        "{text}"
    );
    assert!(text.contains("\n  hint: "));
    let nothing = table::report(&report(vec![], vec![]), terminal(80));
    assert_eq!(nothing, "unknown: 0 certificates\n");
}

#[test]
fn the_last_line_tells_what_is_missing() {
    let mut quiet = Report::new(in_days(0), in_days(0));
    quiet.summary.certificates = 9;
    quiet.summary.ok = 9;
    quiet.summary.not_shown = 9;
    quiet.complete = false;
    let text = table::report(&quiet, terminal(80));
    assert_eq!(
        text,
        "unknown: 9 certificates (9 ok), 9 not shown, incomplete\n"
    );
}

#[test]
fn text_without_blanks_is_wrapped_and_long_codes_are_not_cut() {
    let chinese = "证书不存在".repeat(20);
    let code = "x".repeat(100);
    let text = table::report(
        &report(vec![], vec![failure("a", &chinese), failure("b", &code)]),
        terminal(60),
    );
    assert!(text.contains("证书不存在证书\n  不存在证书"), "{text}");
    assert!(text.contains(&code), "an id or a code can be copied whole");
}

#[test]
fn without_an_id_there_is_a_dash() {
    let text = rows(
        &report(vec![("mpush", Facts::default())], vec![]),
        terminal(80),
    );
    assert!(
        text.contains("│ mpush    ┆ -  ┆ UNKNOWN ┆ -       ┆ -    ┆ unknown │"),
        "{text}"
    );
}

#[test]
fn an_app_in_two_environments_is_told_apart() {
    let report = report(
        vec![
            ("mpush", push("1", Environment::Production, 200)),
            ("mpush", push("1", Environment::Development, 3)),
        ],
        vec![],
    );
    let expected = "
┌──────────┬────┬─────────────┬────────┬────────────┬─────────────┬──────────┐
│ PROVIDER ┆ ID ┆ SCOPE       ┆ STATUS ┆ EXPIRES    ┆ LEFT        ┆ VERDICT  │
╞══════════╪════╪═════════════╪════════╪════════════╪═════════════╪══════════╡
│ mpush    ┆ 1  ┆ production  ┆ OK     ┆ 2027-06-10 ┆ in 6 months ┆ ok       │
│ mpush    ┆ 1  ┆ development ┆ OK     ┆ 2026-11-25 ┆ in 3 days   ┆ critical │
└──────────┴────┴─────────────┴────────┴────────────┴─────────────┴──────────┘
";
    assert_eq!(rows(&report, terminal(80)), expected);
}

#[test]
fn the_readme_shows_a_real_table() {
    let mut shop = dated("BAbc1234", 10);
    // Of ninety days: ten are less than a quarter of them, and more than a tenth.
    shop.not_before = DateField::known("raw", Moment::certain(in_days(-80), Basis::Utc));
    shop.add_domains(["shop.example", "www.shop.example", "pay.shop.example"]);
    let text = rows(&report(vec![("tencent", shop)], vec![]), terminal(100));
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(readme).expect("a file of the project");
    assert!(readme.contains(&text), "{text}");
}
