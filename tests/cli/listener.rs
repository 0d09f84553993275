//! A service on loopback whose answers a test makes of what it was asked.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use serde_json::Value;

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
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has free ports");
    let address = listener.local_addr().expect("it is bound");
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            if let Some(request) = read(&mut stream) {
                // A caller who has heard enough is gone.
                let _ = stream.write_all(&answer(&request));
            }
        }
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
