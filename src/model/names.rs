//! Names of hosts, for comparing.

use url::Host;

/// A name as DNS has it: A-labels (`xn--…`) in lower case, without the dot at its end. What cannot be a name in DNS is
/// left as it is, in lower case.
pub fn a_label(name: &str) -> String {
    let name = name.strip_suffix(['.', '。']).unwrap_or(name);
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    match Host::parse(name) {
        Ok(Host::Domain(ascii)) => ascii,
        _ => name.to_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::a_label;

    #[test]
    fn a20_every_form_of_a_name_has_one_label() {
        for (name, label) in [
            ("Shop.Example.COM", "shop.example.com"),
            ("shop.example.com.", "shop.example.com"),
            ("*.bücher.example", "*.xn--bcher-kva.example"),
            ("*.XN--BCHER-KVA.example.", "*.xn--bcher-kva.example"),
            ("BÜCHER.example", "xn--bcher-kva.example"),
            ("www.例子.中国", "www.xn--fsqu00a.xn--fiqs8s"),
            ("www。例子。中国。", "www.xn--fsqu00a.xn--fiqs8s"),
            ("192.0.2.7", "192.0.2.7"),
            ("1", "1"),
            ("Prüf Zertifikat/1", "prüf zertifikat/1"),
            ("", ""),
        ] {
            assert_eq!(a_label(name), label, "{name}");
        }
    }
}
