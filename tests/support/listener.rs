//! Sockets on loopback: what reads requests by hand, byte for byte, and answers as a test likes; and ports without anybody.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;

/// A request as it came over the wire.
pub struct Heard {
    pub method: String,
    /// The middle of the request line.
    pub target: String,
    /// Names as they came, values without the blank after the colon.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Heard {
    /// Reads one request from a stream.
    pub fn read(stream: &mut impl Read) -> Heard {
        let mut bytes = Vec::new();
        let mut byte = [0];
        while !bytes.ends_with(b"\r\n\r\n") {
            stream.read_exact(&mut byte).expect("a whole head");
            bytes.push(byte[0]);
        }
        let head = String::from_utf8(bytes).expect("a head in UTF-8");
        let mut lines = head.trim_end_matches("\r\n").split("\r\n");
        let first: Vec<&str> = lines.next().expect("a line").split(' ').collect();
        let [method, target, "HTTP/1.1"] = first[..] else {
            panic!("an odd request line: {first:?}");
        };
        let headers = lines
            .map(|line| line.split_once(": ").expect("a header"))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let mut heard = Heard {
            method: method.to_owned(),
            target: target.to_owned(),
            headers,
            body: Vec::new(),
        };
        let length = heard
            .header("content-length")
            .map_or(0, |n| n.parse().expect("a number"));
        heard.body = vec![0; length];
        stream.read_exact(&mut heard.body).expect("a whole body");
        heard
    }

    /// The only value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut named = self
            .headers
            .iter()
            .filter(|(n, _)| n.eq_ignore_ascii_case(name));
        let value = named.next().map(|(_, value)| value.as_str());
        assert!(named.next().is_none(), "{name} came twice");
        value
    }

    /// Path and query, also where a proxy was sent a whole URL.
    pub fn path_and_query(&self) -> (&str, &str) {
        let target = match self.target.strip_prefix("http://") {
            Some(rest) => &rest[rest.find('/').expect("a path")..],
            None => &self.target,
        };
        target.split_once('?').unwrap_or((target, ""))
    }
}

/// Where it listens, and what it heard.
pub struct Listener {
    pub port: u16,
    heard: Receiver<Heard>,
}

/// Takes the connections to a new port, one after the other, until `serve` says no or the process ends.
pub fn accept(mut serve: impl FnMut(TcpStream) -> bool + Send + 'static) -> SocketAddr {
    let socket = bind();
    let address = socket.local_addr().expect("an address");
    std::thread::spawn(move || {
        let mut streams = socket.incoming().flatten();
        while streams.next().is_some_and(&mut serve) {}
    });
    address
}

pub fn bind() -> TcpListener {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has free ports")
}

/// Does the same with every connection; what that returns can be read from the listener.
pub fn listen(mut serve: impl FnMut(TcpStream) -> Option<Heard> + Send + 'static) -> Listener {
    let (sender, heard) = channel();
    let address = accept(move |stream| {
        let limit = Some(Duration::from_secs(20));
        stream.set_read_timeout(limit).expect("a limit");
        serve(stream).is_none_or(|heard| sender.send(heard).is_ok())
    });
    Listener {
        port: address.port(),
        heard,
    }
}

/// Answers every request with an empty object.
pub fn polite() -> Listener {
    listen(|mut stream| {
        let heard = Heard::read(&mut stream);
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
        stream.write_all(answer).expect("the client reads");
        Some(heard)
    })
}

impl Listener {
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What came next.
    pub fn next(&self) -> Heard {
        self.heard
            .recv_timeout(Duration::from_secs(20))
            .expect("a request")
    }

    /// Whether nothing came so far.
    pub fn is_silent(&self) -> bool {
        self.heard.try_recv().is_err()
    }
}

/// Answers every request on loopback with that JSON, and one more header, until the process ends.
pub fn serve_with(header: &'static str, answer: impl Fn(&str) -> Value + Send + 'static) -> String {
    serve_raw(move |request| {
        let body = answer(request).to_string();
        let length = body.len();
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
        format!("{head}{header}\r\ncontent-length: {length}\r\n\r\n{body}").into_bytes()
    })
}

/// The same with bytes as they go over the wire, whatever they are.
pub fn serve_raw(answer: impl Fn(&str) -> Vec<u8> + Send + 'static) -> String {
    let address = accept(move |mut stream| {
        if let Some(request) = read(&mut stream) {
            // A caller who has heard enough is gone.
            let _ = stream.write_all(&answer(&request));
        }
        true
    });
    format!("http://{address}")
}

/// A whole request: its head, and as much body as that announces.
fn read(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let announced = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= announced.map_or(0, |length| length.parse().unwrap_or(0)) {
                return Some(text);
            }
        }
        let mut part = [0; 4096];
        match stream.read(&mut part) {
            Ok(count) if count > 0 => bytes.extend_from_slice(&part[..count]),
            _ => return None,
        }
    }
}

/// A port at which nobody listens, and nobody will while this lives: it is the near end of a connection.
pub struct ClosedPort {
    _listener: TcpListener,
    near: TcpStream,
}

impl ClosedPort {
    pub fn new() -> ClosedPort {
        let listener = bind();
        let address = listener.local_addr().expect("an address");
        let near = TcpStream::connect(address).expect("it listens");
        ClosedPort {
            _listener: listener,
            near,
        }
    }

    pub fn url(&self) -> String {
        let address = self.near.local_addr().expect("it is connected");
        format!("http://{address}")
    }
}
