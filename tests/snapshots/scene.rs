//! A command line with the world that it runs in, for a text that a person reads.

use certcheck::credentials::Exposure;
use certcheck::world::Terminal;

use crate::support::world::{FakeWorld, Output};

/// Files of keys, and files with something wrong.
const FILES: [(&str, &[u8]); 10] = [
    ("/open", KEY),
    ("/mounted", KEY),
    ("/key", KEY),
    (
        "/home/me/.aliyun/config.json",
        include_bytes!("../../fixtures/credentials/alibaba/config.json"),
    ),
    (
        "/home/me/.tccli/sso-ended.credential",
        include_bytes!("../../fixtures/credentials/tencent/sso-ended.credential"),
    ),
    (
        "/home/me/.tccli/corp.credential",
        include_bytes!("../../fixtures/credentials/tencent/corp.credential"),
    ),
    (
        "/home/me/.tccli/corp.configure",
        include_bytes!("../../fixtures/credentials/tencent/default.configure"),
    ),
    (
        "/home/me/.hcloud/config.json",
        include_bytes!("../../fixtures/credentials/huawei/encrypted.json"),
    ),
    ("/blank", b" \n"),
    ("/binary", b"\xff\xfe"),
];
const KEY: &[u8] = b"a-secret-from-a-file\n";
const BROKEN: &[u8] = b"{\"Response\":\n  {]}\n{\"Response\":{}}\n[]\n<html>";

/// One command line and its world.
pub struct Scene {
    pub line: String,
    pub world: FakeWorld,
}

impl Scene {
    /// In a pipe. Colour has its own tests.
    pub fn of(line: &str) -> Scene {
        let world = FakeWorld::default().variables([("NO_COLOR", "1")]);
        let world = world.file("/large", [b'x'; 65 * 1024]);
        let world = world.file("/broken.json", BROKEN);
        let mut world = FILES
            .iter()
            .fold(world, |world, (path, bytes)| world.file(*path, bytes));
        world.exposure = [
            ("/open".into(), Exposure::Own),
            ("/mounted".into(), Exposure::OwnReadOnly),
        ]
        .into();
        Scene {
            line: line.to_owned(),
            world,
        }
    }

    pub fn with(self, variables: &[(&str, &str)]) -> Scene {
        Scene {
            world: self.world.variables(variables.iter().copied()),
            ..self
        }
    }

    /// At a terminal of that width.
    pub fn columns(mut self, columns: u16) -> Scene {
        self.world.terminal = Terminal {
            stdin: false,
            stdout: true,
            stderr: true,
            columns: Some(columns),
        };
        self
    }

    pub fn run(self) -> Output {
        self.world.run(&self.line)
    }
}
