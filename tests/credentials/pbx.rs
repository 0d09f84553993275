//! The key of a PBX: variables, or somebody at the terminal.

use certcheck::credentials::Typing;

use crate::machine::Machine;

#[test]
fn somebody_at_the_terminal_is_asked_and_the_secret_is_hidden() {
    let outcome = Machine::new(&[])
        .answering(&["id\n", " hush-hush\n"])
        .search("pbx");
    let asked = [
        ("the PBX's client ID".to_owned(), Typing::Shown),
        ("its client secret".to_owned(), Typing::Hidden),
    ];
    assert_eq!(outcome.asked, asked);
    let key = outcome.key();
    assert_eq!((key.id.as_str(), key.secret.as_str()), ("id", "hush-hush"));
    for answers in [
        &[][..],
        &["id"],
        &["", "x"],
        &["id", " "],
        &["id", "hush hush"],
    ] {
        let message = Machine::new(&[]).answering(answers).search("pbx").message();
        assert!(!message.contains("hush"), "{message}");
    }
}

#[test]
fn nobody_is_asked_where_variables_say_it_or_half_of_it() {
    let id = ("CERTCHECK_PBX_CLIENT_ID", "id");
    let secret = ("CERTCHECK_PBX_CLIENT_SECRET", "s");
    let whole = Machine::new(&[id, secret])
        .answering(&["x", "y"])
        .search("pbx");
    assert_eq!(whole.asked, []);
    assert_eq!(whole.id(), "id");
    let half = Machine::new(&[id]).answering(&["x", "y"]).search("pbx");
    assert_eq!(half.asked, []);
    assert!(
        half.message()
            .contains("CERTCHECK_PBX_CLIENT_SECRET is not")
    );
    assert!(
        Machine::new(&[])
            .search("pbx")
            .message()
            .ends_with("then an interactive prompt")
    );
}
