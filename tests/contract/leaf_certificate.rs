//! Which certificate of a text is the leaf: what issued none of the others, by name and by signature.

use serde_json::{Value, json};

use crate::esa_certificates::{ENDED, LEAF, Made, ROOT, Wish, alone, alone_with, read};

fn named() -> Value {
    json!({"CommonName": "shop.example.com"})
}

fn texts(all: &[&Made]) -> String {
    all.iter().map(|made| made.pem.as_str()).collect()
}

#[test]
fn x01_the_leaf_is_what_issued_none_of_the_others_whatever_it_says_of_itself() {
    for (of_root, of_leaf) in [
        (Some(true), None),
        (Some(true), Some(true)),
        (None, Some(true)),
        (Some(false), Some(true)),
        (None, None),
    ] {
        let root = alone(&Wish {
            authority: of_root,
            ..ROOT
        });
        let middle = root.issue(&Wish {
            name: "Example Middle",
            years: (2022, 2035),
            ..ROOT
        });
        let leaf = middle.issue(&Wish {
            years: ENDED,
            authority: of_leaf,
            ..LEAF
        });
        for (order, is_first) in [
            ([&leaf, &middle, &root], true),
            ([&root, &middle, &leaf], false),
            ([&middle, &leaf, &root], false),
        ] {
            let read = read(named(), &texts(&order));
            assert_eq!(read.summary().0, "EXPIRED", "{of_root:?} {of_leaf:?}");
            assert_eq!(read.sha256, leaf.sha256, "{of_root:?} {of_leaf:?}");
            assert_eq!(read.has("pem_several"), !is_first);
            assert!(!read.has("pem_mismatch"), "{:?}", read.notes);
        }
    }
}

#[test]
fn x01_of_several_leaves_the_one_that_ends_first_counts() {
    let root = alone(&ROOT);
    let leaf = root.issue(&LEAF);
    let past = root.issue(&Wish {
        years: ENDED,
        ..LEAF
    });
    for order in [[&leaf, &past, &root], [&root, &past, &leaf]] {
        let read = read(named(), &texts(&order));
        assert_eq!(read.summary(), ("EXPIRED", "critical", "2026"));
        assert_eq!(read.sha256, past.sha256);
        assert!(read.has("pem_several"));
    }
    // The same certificate twice is one.
    let twice = read(named(), &texts(&[&leaf, &root, &leaf]));
    assert_eq!(twice.summary(), ("OK", "ok", "2028"));
    assert!(twice.notes.is_empty(), "{:?}", twice.notes);
    // Of other names: then it is not proved to be the record's either.
    let other = root.issue(&Wish {
        name: "other.example.com",
        years: ENDED,
        ..LEAF
    });
    let read = read(named(), &texts(&[&leaf, &other]));
    assert_eq!(read.summary(), ("EXPIRED", "critical", "2026"));
    assert!(read.has("pem_several") && read.has("pem_mismatch"));
}

#[test]
fn x01_a_name_alone_makes_nobody_an_issuer() {
    let namesake = Wish {
        name: "Example Root",
        years: ENDED,
        ..ROOT
    };
    // By its name the first issued the second; by its signature it did not.
    let (first, root) = (alone(&namesake), alone(&ROOT));
    let leaf = root.issue(&LEAF);
    let read_both = read(named(), &texts(&[&leaf, &first]));
    assert_eq!(read_both.summary(), ("EXPIRED", "critical", "2026"));
    assert!(read_both.has("pem_several") && read_both.has("pem_mismatch"));
    // A certificate and its successor of one name and key do not hide each other.
    let old = alone(&Wish {
        years: ENDED,
        ..LEAF
    });
    let old_text = old.pem.clone();
    let new = alone_with(&LEAF, old.key());
    for text in [
        format!("{old_text}{}", new.pem),
        format!("{}{old_text}", new.pem),
    ] {
        let read = read(named(), &text);
        assert_eq!(read.summary(), ("EXPIRED", "critical", "2026"));
        assert!(read.has("pem_several"));
    }
}
