//! Which certificate took the place of another, and what that changes.

use certcheck::model::note::FieldProblem;
use certcheck::model::supersede::supersede;
use certcheck::model::{
    CertKind, CertStatus, Facts, Note, ProviderState, Status, Successors, Verdict,
};

use crate::{codes, dated, days, judged, message, unsure};

/// A server certificate with these names that ends in so many days.
fn certificate(id: &str, names: &[&str], ends: i64) -> CertStatus {
    let mut facts = Facts {
        id: Some(id.to_owned()),
        kind: Some(CertKind::Server),
        ..dated(Some(days(-400)), days(ends))
    };
    facts.add_domains(names);
    judged(facts)
}

fn successor(old: &CertStatus, others: &[&CertStatus]) -> Option<String> {
    let mut successors = Successors::default();
    successors.learn(old);
    others.iter().for_each(|other| successors.learn(other));
    successors.of(old).map(str::to_owned)
}

#[test]
fn one_that_covers_every_name_and_ends_later_took_its_place() {
    let ended = certificate("old", &["shop.example.com", "www.example.com"], -3);
    let soon = certificate("soon", &["SHOP.example.com", "www.example.com"], 3);
    assert_eq!(
        (ended.status, soon.verdict),
        (Status::Expired, Verdict::Critical)
    );
    for names in [
        &["www.example.com", "shop.example.com"][..],
        &["*.example.com"],
        &["*.Example.com", "example.com"],
        &["shop.example.com", "*.example.com"],
        &["www.example.com", "shop.example.com", "more.example.com"],
    ] {
        let new = certificate("new", names, 300);
        for old in [&ended, &soon] {
            assert_eq!(successor(old, &[&new]).as_deref(), Some("new"), "{names:?}");
        }
    }
    let (new, newest) = (
        certificate("new", &["*.example.com"], 300),
        certificate("newest", &["*.example.com"], 301),
    );
    assert_eq!(
        successor(&ended, &[&newest, &new]).as_deref(),
        Some("newest")
    );
}

#[test]
fn nothing_less_takes_its_place() {
    let names = ["shop.example.com", "a.shop.example.com"];
    let old = certificate("old", &names, -3);
    let whole = certificate("whole", &names, 300);
    assert_eq!(successor(&old, &[&whole]).as_deref(), Some("whole"));

    let one = certificate("one", &names[..1], 300);
    let other = certificate("other", &names[1..], 300);
    assert_eq!(successor(&old, &[&one, &other]), None, "each covers a part");
    // A wildcard stands for one label.
    let wide = certificate("wide", &["*.example.com"], 300);
    assert_eq!(successor(&old, &[&wide]), None);
    let ended = certificate("ended", &names, -1);
    assert_eq!(successor(&old, &[&ended]), None, "itself past");
    let mut client = whole.clone();
    client.facts.kind = Some(CertKind::Client);
    assert_eq!(successor(&old, &[&client]), None, "of another kind");
    let mut unsure = whole.clone();
    unsure.verdict = Verdict::Unknown;
    assert_eq!(successor(&old, &[&unsure]), None, "not known to be valid");
    let mut revoked = whole.facts.clone();
    revoked.word = ProviderState::Is(Status::Revoked);
    assert_eq!(successor(&old, &[&judged(revoked)]), None);
    let nameless = certificate("nameless", &[], 300);
    assert_eq!(successor(&old, &[&nameless]), None);
    assert_eq!(successor(&nameless, &[&whole]), None);
}

#[test]
fn only_what_ends_can_be_replaced() {
    let names = ["shop.example.com"];
    let new = certificate("new", &names, 300);
    let fine = certificate("fine", &names, 200);
    assert_eq!(successor(&fine, &[&new]), None, "it is ok as it is");
    for status in [Status::Revoked, Status::Pending, Status::Unknown] {
        let mut facts = certificate("old", &names, -3).facts;
        facts.word = ProviderState::Is(status);
        assert_eq!(successor(&judged(facts), &[&new]), None, "{status:?}");
    }
    let mut facts = certificate("old", &names, -3).facts;
    facts.word = ProviderState::Is(Status::Expired);
    assert_eq!(successor(&judged(facts), &[&new]).as_deref(), Some("new"));
    let mut other = certificate("old", &names, -3);
    other.verdict = Verdict::Unknown;
    assert_eq!(
        successor(&other, &[&new]),
        None,
        "it may be about another one"
    );
    let mut mismatch = certificate("old", &names, -3);
    mismatch.facts.mismatch = true;
    assert_eq!(successor(&mismatch, &[&new]), None, "which one it is");
    let mut unread = certificate("old", &names, -3);
    unread.facts.note(Note::PemNamesUnreadable);
    assert_eq!(successor(&unread, &[&new]), None, "which names it has");
    let soon = certificate("soon", &names, 3);
    assert_eq!(successor(&soon, &[]), None, "not even by itself");
}

#[test]
fn what_was_replaced_alarms_until_it_is_to_be_ignored() {
    for (ignored, verdict) in [(false, Verdict::Critical), (true, Verdict::Ok)] {
        let mut old = certificate("old", &["shop.example.com"], -3);
        supersede(&mut old, "new", ignored);
        assert_eq!((old.verdict, old.status), (verdict, Status::Expired));
        assert!(codes(&old).contains(&"superseded"));
    }
}

/// The same with a scope and a kind.
fn scoped(id: &str, scope: Option<&str>, kind: Option<CertKind>, ends: i64) -> CertStatus {
    let mut facts = certificate(id, &["shop.example.com"], ends).facts;
    (facts.scope, facts.kind) = (scope.map(str::to_owned), kind);
    judged(facts)
}

#[test]
fn a05_only_one_of_the_same_scope_takes_its_place() {
    let client = Some(CertKind::Client);
    let old = scoped("same", Some("site 111"), client, -3);
    let own = scoped("new", Some("site 111"), client, 300);
    for other in [Some("site 222"), Some("site 11"), None] {
        let elsewhere = scoped("same", other, client, 300);
        assert_eq!(successor(&old, &[&elsewhere]), None, "{other:?}");
        assert_eq!(successor(&old, &[&elsewhere, &own]).as_deref(), Some("new"));
    }
    let mut replaced = old.clone();
    supersede(&mut replaced, "new", true);
    assert_eq!(
        message(&replaced, "superseded"),
        "superseded by new (site 111)"
    );
}

#[test]
fn a29_only_one_of_the_same_known_kind_takes_its_place() {
    let kinds = [
        None,
        Some(CertKind::Server),
        Some(CertKind::Client),
        Some(CertKind::Ca),
        Some(CertKind::Push),
    ];
    for one in kinds {
        for other in kinds {
            let (old, new) = (
                scoped("old", None, one, -3),
                scoped("new", None, other, 300),
            );
            let expected = (one.is_some() && one == other).then(|| "new".to_owned());
            assert_eq!(successor(&old, &[&new]), expected, "{one:?} {other:?}");
        }
    }
}

#[test]
fn a29_one_that_is_not_fully_read_or_may_be_another_takes_no_place() {
    let old = certificate("old", &["shop.example.com"], -3);
    let whole = certificate("new", &["shop.example.com"], 300);
    assert_eq!(successor(&old, &[&whole]).as_deref(), Some("new"));
    let mut unread = whole.clone();
    unread.facts.note(Note::FieldUnreadable {
        field: "names",
        problem: FieldProblem::MemberNotText,
    });
    assert_eq!(successor(&old, &[&unread]), None);
    let mut soon = certificate("new", &["shop.example.com"], 3);
    soon.facts.mismatch = true;
    assert_eq!(soon.verdict, Verdict::Critical);
    assert_eq!(successor(&old, &[&soon]), None);
}

#[test]
fn a29_a_wildcard_covers_by_the_rules_of_wildcards() {
    for (name, wildcard, covered) in [
        ("shop.example.com", "*.example.com", true),
        ("shop.example.com.", "*.EXAMPLE.com", true),
        ("shop.example.co.uk", "*.example.co.uk", true),
        ("*.example.com", "*.example.com", true),
        ("*.co.uk", "*.co.uk", true),
        ("www.www.ck", "*.www.ck", true),
        ("shop.github.io", "*.github.io", true),
        ("example.com", "*.example.com", false),
        ("a.shop.example.com", "*.example.com", false),
        ("*.shop.example.com", "*.example.com", false),
        ("shop.example.com", "*.com", false),
        ("example.com", "*.com", false),
        ("shop.example.com", "sh*.example.com", false),
        ("shop.example.com", "*.*.com", false),
        ("shop.example.com", "*", false),
        ("127.0.0.1", "*.0.0.1", false),
        ("example.co.uk", "*.co.uk", false),
        ("example.com.cn", "*.com.cn", false),
        ("shop.中国", "*.中国", false),
        ("shop.公司.cn", "*.公司.cn", false),
        ("shop.xn--55qx5d.cn", "*.公司.cn", false),
        ("shop.c.mm", "*.c.mm", false),
        ("localhost", "*.localhost", false),
        ("me@mail.example.com", "*.example.com", false),
    ] {
        let (old, new) = (
            certificate("old", &[name], -3),
            certificate("new", &[wildcard], 300),
        );
        let found = successor(&old, &[&new]);
        assert_eq!(
            found,
            covered.then(|| "new".to_owned()),
            "{name} {wildcard}"
        );
    }
}

#[test]
fn a20_names_are_compared_in_whatever_form_they_are_written() {
    let spellings = [
        "shop.b\u{fc}cher.example",
        "SHOP.B\u{dc}CHER.Example.",
        "shop.xn--bcher-kva.example",
        "shop.XN--BCHER-KVA.example.",
        "*.b\u{fc}cher.example",
        "*.xn--bcher-kva.example.",
    ];
    for name in &spellings[..4] {
        for other in spellings {
            let (old, new) = (
                certificate("old", &[name], -3),
                certificate("new", &[other], 300),
            );
            assert_eq!(
                successor(&old, &[&new]).as_deref(),
                Some("new"),
                "{name} {other}"
            );
        }
    }
    let other = certificate("new", &["shop.bucher.example"], 300);
    assert_eq!(
        successor(&certificate("old", &[spellings[0]], -3), &[&other]),
        None
    );
}

#[test]
fn a29_one_that_surely_ends_later_takes_its_place_and_no_other() {
    let names = ["shop.example.com"];
    let soon = certificate("soon", &names, 3);
    let same = certificate("same", &names, 3);
    assert_eq!(successor(&soon, &[&same]), None, "it ends at the same time");
    let mut facts = certificate("later", &names, 4).facts;
    facts.not_after = unsure(days(4), days(2), 0);
    assert_eq!(
        successor(&soon, &[&judged(facts)]),
        None,
        "it may end before"
    );
    let later = certificate("later", &names, 4);
    assert_eq!(successor(&soon, &[&later]).as_deref(), Some("later"));
}
