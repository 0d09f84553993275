//! What of an account is asked for, judged and shown: ids that are looked for in its list, certificates that others
//! replaced, names, states, order.

use std::collections::HashSet;

use certcheck::sandbox::{self, Emulator, Sandbox};

use crate::sandbox_accounts::{asked, command, estate, list_of};
use crate::support::binary::{Report, certcheck};
use crate::tencent_service::{DAY, Scene, Stage, certificate};

/// The question about one id.
fn single_of(service: &'static Emulator) -> &'static str {
    match service.name {
        "tencent" => "DescribeCertificate",
        "huawei" => "ShowCertificate",
        _ => "GetClientCertificate",
    }
}

/// How many questions an estate was asked: for pages of its list, and for single ids.
fn questions(sandbox: &Sandbox, service: &'static Emulator) -> (usize, usize) {
    let action = |name| asked(sandbox, name);
    (action(list_of(service)), action(single_of(service)))
}

#[test]
fn several_ids_are_looked_for_in_the_list_and_only_the_rest_is_asked_for_by_itself() {
    for (service, count, expected) in [
        (Emulator::TENCENT, 2999, (4, 1)),
        (Emulator::TENCENT, 2, (1, 1)),
        // Nothing is saved by a list for one id, and none stands in for single answers of Huawei and ESA.
        (Emulator::TENCENT, 0, (0, 1)),
        (Emulator::HUAWEI, 12, (0, 13)),
        (Emulator::ESA, 12, (0, 13)),
    ] {
        let sandbox = estate(count, &[]);
        let mut ids = service.generated_ids(count);
        ids.push(crate::support::sandbox::stranger(service).to_owned());
        let mut run = command(&sandbox, service)
            .with(&["--id", "-"])
            .stdin(ids.join("\n"));
        if service == Emulator::ESA {
            run = run.with(&["--site-id", sandbox::services::esa::SITE_ID]);
        }
        let report = run.json();
        assert_eq!(
            questions(&sandbox, service),
            expected,
            "{service:?} {count}"
        );
        if service != Emulator::ESA {
            assert_eq!(report.error()["kind"], "not_found", "{service:?}");
            assert_eq!(report.ids(), ids[..ids.len() - 1], "in the order asked");
        }
    }
}

#[test]
fn a_search_that_found_every_id_says_nothing_of_a_rest() {
    let service = Emulator::TENCENT;
    let sandbox = estate(3, &[]);
    let ids = service.generated_ids(3).join(",");
    let output = command(&sandbox, service).with(&["--id", &ids, "-v"]).go();
    assert!(output.stderr.contains("looking for 3 ids"), "{output:?}");
    assert!(!output.stderr.contains("one by one\n"), "{output:?}");
}

#[test]
fn ids_are_asked_for_one_by_one_where_a_list_is_forbidden_refused_or_too_long() {
    for (flags, faults, lists, says) in [
        (&["--no-listing"][..], &[][..], 0, ""),
        (&[], &["unlisted"], 1, "the list was left"),
        // Thirty pages for a dozen ids are eighteen too many.
        (&[], &["total:30000"], 1, "asked for one by one"),
    ] {
        let sandbox = estate(1200, faults);
        let ids = Emulator::TENCENT.generated_ids(12).join(",");
        let run = command(&sandbox, Emulator::TENCENT).with(&["--id", &ids, "-v"]);
        let report = run.with(flags).json();
        assert_eq!(report.errors().len(), 0, "{report:?}");
        assert_eq!(report.certificates().len(), 12);
        assert_eq!(asked(&sandbox, "DescribeCertificates"), lists);
        assert!(
            report.output.stderr.contains(says),
            "{}",
            report.output.stderr
        );
    }
}

#[test]
fn a_list_that_fails_is_not_tried_more_often_than_it_could_save() {
    // Of single questions there are two tries.
    for (ids, fault, expected) in [
        (2, "status:503", (1, 4)),
        (3, "status:503", (2, 6)),
        (2, "html", (1, 2)),
        (2, "denied", (1, 2)),
    ] {
        let service = Emulator::TENCENT;
        let sandbox = estate(ids, &[fault]);
        let wanted = service.generated_ids(ids).join(",");
        let run = command(&sandbox, service).with(&["--id", &wanted, "--retries", "1"]);
        assert_eq!(run.json().errors().len(), ids as usize);
        assert_eq!(questions(&sandbox, service), expected, "{ids} {fault}");
    }
}

#[test]
fn a_search_takes_fewer_requests_than_the_ids_whatever_the_list_says_of_its_length() {
    for fault in ["no-total", "grow", "short-page", "total:1", "same-page"] {
        let sandbox = estate(145, &[fault]);
        let strangers = "sbxNobo1,sbxNobo2,sbxNobo3";
        let report = command(&sandbox, Emulator::TENCENT)
            .with(&["--id", strangers])
            .json();
        assert_eq!(report.errors().len(), 3, "{fault}");
        let (lists, singles) = questions(&sandbox, Emulator::TENCENT);
        assert!(lists <= 2 && singles == 3, "{fault}: {lists}, {singles}");
    }
    // Three a page, whatever was asked for: the first one shows that it is not worth it.
    let sandbox = estate(200, &["short-page"]);
    let ids = "sbxNobo1,sbxNobo2,sbxNobo3,sbxNobo4,sbxNobo5";
    command(&sandbox, Emulator::TENCENT)
        .with(&["--id", ids])
        .json();
    assert_eq!(questions(&sandbox, Emulator::TENCENT), (1, 5));
}

#[test]
fn a_list_that_is_not_to_be_had_does_not_keep_the_ids_waiting() {
    for (fault, flags) in [
        ("DescribeCertificates=busy:3600", &["--retries", "3"][..]),
        // A third of the time, and then the others.
        ("DescribeCertificates=hang", &["--deadline", "3s"]),
    ] {
        let sandbox = estate(5, &[&format!("tencent/{fault}")]);
        let ids = Emulator::TENCENT.generated_ids(5).join(",");
        let run = command(&sandbox, Emulator::TENCENT).with(&["--id", &ids]);
        let report = run.with(flags).json();
        assert_eq!(report.errors().len(), 0, "{fault}: {report:?}");
        assert_eq!(questions(&sandbox, Emulator::TENCENT), (1, 5), "{fault}");
    }
}

/// Id, status, verdict and end of each certificate.
fn judged(report: &Report) -> Vec<[serde_json::Value; 4]> {
    let of = |one: &serde_json::Value| {
        ["id", "status", "verdict", "not_after"].map(|key| one[key].clone())
    };
    report.certificates().iter().map(of).collect()
}

#[test]
fn a_certificate_is_judged_alike_by_its_list_and_by_itself() {
    for service in [Emulator::TENCENT, Emulator::HUAWEI] {
        let sandbox = estate(120, &[]);
        let ids = service.generated_ids(120).join(",");
        let by = |flags: &[&str]| judged(&command(&sandbox, service).with(flags).json());
        let alone = by(&["--id", &ids, "--no-listing"]);
        assert_eq!(by(&["--id", &ids]), alone, "{service:?}");
        let by_id = |one: &[serde_json::Value; 4]| one[0].to_string();
        let mut all = by(&["--all"]);
        all.sort_by_key(by_id);
        let mut sorted = alone.clone();
        sorted.sort_by_key(by_id);
        assert_eq!(all, sorted, "{service:?}");
        let verdicts: HashSet<String> = alone.iter().map(|one| one[2].to_string()).collect();
        assert!(verdicts.len() >= 3, "{verdicts:?}");
    }
}

#[test]
fn of_a_whole_list_without_starts_only_what_ends_soon_is_asked_for_by_its_id() {
    for (flags, singles) in [
        (&[][..], 1),
        (&["--warn", "30d", "--crit", "off"], 0),
        // All that have not ended.
        (&["--warn", "20%"], 98),
    ] {
        let sandbox = estate(100, &[]);
        let run = command(&sandbox, Emulator::HUAWEI).with(&["--all"]);
        run.with(flags).json();
        assert_eq!(
            questions(&sandbox, Emulator::HUAWEI).1,
            singles,
            "{flags:?}"
        );
    }
}

#[test]
fn what_a_list_contradicts_or_tells_too_little_about_is_asked_for_by_its_id() {
    for (service, fault, singles) in [
        (Emulator::TENCENT, "twofold", 1),
        (Emulator::TENCENT, "bare", 9),
    ] {
        let sandbox = estate(9, &[fault]);
        let ids = service.generated_ids(9).join(",");
        let by = |flags: &[&str]| {
            let run = command(&sandbox, service).with(&["--id", &ids]);
            judged(&run.with(flags).json())
        };
        let found = by(&[]);
        assert_eq!(questions(&sandbox, service), (1, singles), "{fault}");
        assert_eq!(found, by(&["--no-listing"]), "{service:?} {fault}");
    }
}

#[test]
fn a_whole_list_that_contradicts_itself_is_incomplete() {
    for service in [
        Emulator::TENCENT,
        Emulator::HUAWEI,
        Emulator::ESA,
        Emulator::PBX,
    ] {
        let sandbox = estate(3, &["twofold"]);
        let report = command(&sandbox, service).with(&["--all"]).json();
        assert_eq!(report.json["complete"], false, "{service:?}");
        let errors = report.errors().iter();
        let mut messages = errors.filter_map(|error| error["message"].as_str());
        assert!(
            messages.any(|text| text.contains("two different things")),
            "{report:?}"
        );
    }
}

#[test]
fn apps_stand_in_the_order_of_their_list() {
    // The first one has to be asked for again.
    let ids = Emulator::MPUSH.generated_ids(9);
    let sandbox = estate(9, &[&format!("mpush/{}=status:503*1", ids[0])]);
    let run = command(&sandbox, Emulator::MPUSH).with(&["--all", "--environment", "production"]);
    assert_eq!(run.json().ids(), ids);
}

#[test]
fn a_key_that_is_refused_for_the_list_is_not_used_again() {
    for (service, asked) in [(Emulator::TENCENT, (1, 0)), (Emulator::HUAWEI, (0, 1))] {
        let sandbox = estate(3, &[]);
        let wanted = service.generated_ids(3).join(",");
        let (secret, _) = service.credentials()[1];
        let run = command(&sandbox, service).env(secret, "another-0000001");
        let report = run.with(&["--id", &wanted]).json();
        let kinds = report.errors().iter().map(|error| &error["kind"]);
        assert_eq!(kinds.collect::<Vec<_>>(), ["credentials"; 3]);
        assert_eq!(questions(&sandbox, service), asked, "{service:?}");
    }
}

#[test]
fn a_certificate_that_was_replaced_says_so_and_may_be_ignored() {
    for service in [
        Emulator::TENCENT,
        Emulator::HUAWEI,
        Emulator::ESA,
        Emulator::PBX,
    ] {
        for format in ["json", "ndjson"] {
            let sandbox = estate(150, &[]);
            let run = |more: &[&str]| {
                let run = command(&sandbox, service).with(&["--all", "-o", format]);
                let out = run.with(more).go();
                let replaced = out.stdout.matches("\"superseded\"").count();
                let critical = out
                    .stdout
                    .lines()
                    .rev()
                    .find(|line| line.contains("\"critical\":"));
                (replaced, critical.unwrap_or_default().to_owned())
            };
            let (replaced, before) = run(&[]);
            let (still, after) = run(&["--ignore-superseded"]);
            assert!(replaced > 0, "{service:?} {format}");
            assert_eq!(replaced, still, "{service:?} {format}");
            assert_ne!(before, after, "{service:?} {format}");
        }
    }
}

#[test]
fn what_is_shown_changes_no_verdict() {
    let sandbox = estate(300, &[]);
    let run = |more: &[&str]| {
        command(&sandbox, Emulator::TENCENT)
            .with(&["--all"])
            .with(more)
            .json()
    };
    let whole = run(&[]);
    for flags in [
        &["--only", "critical,warning"][..],
        &["--status", "EXPIRED"],
        &["--expiring", "45d"],
        &["--limit", "3"],
        &["--sort", "expiry", "--limit", "2"],
        &["-q"],
    ] {
        let part = run(flags);
        assert_eq!(part.code(), whole.code(), "{flags:?}");
        let (mut one, other) = (part.json["summary"].clone(), &whole.json["summary"]);
        let hidden = one["not_shown"].as_u64().expect("a count") as usize;
        assert_eq!(hidden + part.certificates().len(), 300, "{flags:?}");
        assert!(hidden > 0, "{flags:?}");
        one["not_shown"] = 0.into();
        assert_eq!(&one, other, "{flags:?}");
    }
    let ends = |report: &Report| -> Vec<String> {
        let ends = report
            .certificates()
            .iter()
            .filter_map(|c| c["not_after"].as_str());
        ends.map(str::to_owned).collect()
    };
    assert!(ends(&run(&["--sort", "expiry"])).is_sorted());
}

#[test]
fn only_certificates_with_such_a_name_are_judged() {
    let sandbox = estate(40, &[]);
    let run = |glob: &str| {
        let run = command(&sandbox, Emulator::TENCENT).with(&["--all", "--domain", glob]);
        run.json()
    };
    let some = run("HOST000000?.*");
    assert_eq!(
        some.json["summary"]["certificates"],
        some.certificates().len()
    );
    assert!((1..=9).contains(&some.certificates().len()), "{some:?}");
    let none = run("nobody.example");
    assert_eq!(
        (none.code(), &none.error()["kind"]),
        (3, &"not_found".into())
    );
    let may = command(&sandbox, Emulator::TENCENT)
        .with(&["--all", "--domain", "nobody.example", "--allow-empty"])
        .json();
    assert_eq!(may.code(), 0, "{may:?}");
}

#[test]
fn a_certificate_that_tells_no_name_may_be_any_of_them() {
    let answer = r#"{"CertificateId":"a","CertificateType":"SVR","Status":3,"Domain":NAMES,"SubjectAltName":null,
        "CertBeginTime":"2025-01-01 00:00:00","CertEndTime":"2026-01-01 00:00:00","RequestId":"r"}"#;
    for (names, code) in [
        ("null", 2),
        ("\"shop.example\"", 2),
        ("\"other.example\"", 3),
    ] {
        let report = certcheck(["tencent", "--from", "-", "--domain", "shop.*"])
            .stdin(answer.replace("NAMES", names))
            .json();
        assert_eq!(report.code(), code, "{names}: {report:?}");
    }
}

#[test]
fn a20_no_spelling_leaves_an_ended_certificate_out() {
    let patterns = [
        "*.b\u{fc}cher.example",
        "*.B\u{dc}CHER.example.",
        "*.xn--bcher-kva.example",
        "shop.b\u{fc}cher.example",
        "shop.xn--bcher-kva.example.",
    ];
    for name in [
        "shop.xn--bcher-kva.example",
        "shop.XN--BCHER-KVA.example",
        "shop.b\u{fc}cher.example.",
        "SHOP.B\u{dc}CHER.example",
    ] {
        let fine = certificate(-10 * DAY, 300 * DAY).named("www.b\u{fc}cher.example");
        let ended = certificate(-400 * DAY, -DAY).named(name);
        let stage = Stage::new(Scene {
            certificates: vec![fine, ended],
            clock: None,
        });
        for pattern in patterns {
            let told = stage.told(&["--all", "--domain", pattern]);
            assert_eq!(told.map(|told| told.0), [2; 3], "{name} {pattern}");
        }
    }
}
