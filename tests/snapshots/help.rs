//! The help pages, at the width of a usual terminal.

use certcheck::adapters::REGISTRY;

use crate::scene::Scene;
use crate::support::snapshot::same_folder;

fn page(line: &str) -> String {
    let outcome = Scene::of(line).columns(80).run();
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""), "{line}");
    outcome.stdout
}

fn commands() -> Vec<&'static str> {
    let providers = REGISTRY.iter().map(|provider| provider.name);
    providers
        .chain(["check", "config", "providers", "demo", "sandbox"])
        .collect()
}

#[test]
fn every_page() {
    let own = |command: &str| (command.to_owned(), page(&format!("{command} --help")));
    let mut pages: Vec<(String, String)> = commands().into_iter().map(own).collect();
    pages.push(("certcheck".to_owned(), page("--help")));
    same_folder("help", &pages);
}

#[test]
fn there_is_one_page_a_command_however_it_is_asked_for() {
    for command in commands() {
        let whole = page(&format!("{command} --help"));
        assert_eq!(page(&format!("{command} -h")), whole);
        assert_eq!(page(&format!("help {command}")), whole);
    }
    let whole = page("--help");
    assert_eq!(page("-h"), whole);
    assert_eq!(page("help"), whole);
    let unasked = Scene::of("").columns(80).world;
    let unasked = unasked.run_args([""; 0]);
    assert_eq!(
        (unasked.code, unasked.stdout, unasked.stderr),
        (3, String::new(), whole)
    );
}

#[test]
fn pages_are_plain_and_as_wide_as_the_terminal_but_not_wider_than_is_read_with_ease() {
    for (columns, most) in [(60, 60), (80, 80), (100, 100), (200, 100)] {
        for command in commands() {
            let page = Scene::of(&format!("{command} --help"))
                .columns(columns)
                .run()
                .stdout;
            let widest = page.lines().map(str::len).max();
            assert!(
                widest.is_some_and(|widest| widest <= most),
                "{columns}: {page}"
            );
            assert!(page.is_ascii(), "for terminals that know no more: {page}");
        }
    }
}

#[test]
fn examples_are_never_broken_at_the_usual_width() {
    for command in commands() {
        let page = page(&format!("{command} --help"));
        let examples = page.split_once("Examples:\n").map(|(_, examples)| examples);
        for line in examples.unwrap_or_default().lines() {
            let starts = line.starts_with("  certcheck ") || line.starts_with("  tccli ");
            assert!(starts || line.starts_with("    "), "{line}");
        }
    }
}
