//! What the doctor says of a key, whichever way it says it.

use certcheck::sandbox::Emulator;

use crate::support::binary::certcheck;
use crate::support::sandbox::sandbox;

#[test]
fn a_refused_key_is_refused_in_every_output() {
    let sandbox = sandbox(&["denied"]);
    let endpoint = sandbox.endpoint(Emulator::TENCENT);
    for output in ["table", "json", "ndjson"] {
        let run = certcheck(["doctor", "tencent", "-o", output])
            .env("CERTCHECK_TENCENT_ENDPOINT", &endpoint)
            .keys(&Emulator::TENCENT.credentials())
            .go();
        assert_eq!(run.code(), 3, "{output}: {run:?}");
        assert!(!run.stdout.contains("accepted, from"), "{output}: {run:?}");
    }
}
