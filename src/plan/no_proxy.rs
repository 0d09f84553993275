//! `NO_PROXY`: the hosts that are reached without a proxy. There is no standard for it; what curl, Go and Python's requests
//! take is taken here.

use std::net::IpAddr;

use crate::exchange::Endpoint;

/// Whether a list names the host of that endpoint: `*`, a name with all that is under it (`example.com`, `.example.com`,
/// `*.example.com`), an address, or a network such as `10.0.0.0/8`; a name or an address also with a port.
pub fn names(list: &str, endpoint: &Endpoint) -> bool {
    let entries = list.split(|c: char| c == ',' || c.is_whitespace());
    let mut entries = entries.filter(|entry| !entry.is_empty());
    entries.any(|entry| is_meant(&entry.to_ascii_lowercase(), endpoint))
}

fn is_meant(entry: &str, endpoint: &Endpoint) -> bool {
    let host = endpoint.host().trim_matches(['[', ']']);
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let address = host.parse::<IpAddr>().ok();
    if let (Some((network, bits)), Some(address)) = (entry.split_once('/'), address) {
        return is_within(network, bits, address).unwrap_or(false);
    }
    let (name, port) = with_port(entry);
    if port.is_some_and(|port| port != endpoint.port().to_string()) {
        return false;
    }
    if let (Ok(named), Some(address)) = (name.parse::<IpAddr>(), address) {
        return named == address;
    }
    let name = name.trim_end_matches('.');
    let tail = name.trim_start_matches('*').trim_start_matches('.');
    let is_under = || {
        let front = host.strip_suffix(tail);
        front.is_some_and(|front| front.ends_with('.'))
    };
    if tail.is_empty() {
        name.starts_with('*')
    } else {
        // An address is under no name.
        host == tail || (address.is_none() && is_under())
    }
}

/// A name and its port. The colons of a bare IPv6 address are none.
fn with_port(entry: &str) -> (&str, Option<&str>) {
    if let Some((address, rest)) = entry
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
    {
        return (address, rest.strip_prefix(':'));
    }
    match entry.split_once(':') {
        Some((name, port)) if !port.contains(':') => (name, Some(port)),
        _ => (entry, None),
    }
}

/// Whether an address lies in a network; none where that is no network.
fn is_within(network: &str, bits: &str, address: IpAddr) -> Option<bool> {
    let bits = bits.parse::<u32>().ok()?;
    let network = network.trim_matches(['[', ']']).parse::<IpAddr>().ok()?;
    Some(match (network, address) {
        (IpAddr::V4(network), IpAddr::V4(address)) => {
            let apart = network.to_bits() ^ address.to_bits();
            let host = 32_u32.checked_sub(bits)?;
            apart.checked_shr(host).unwrap_or_default() == 0
        }
        (IpAddr::V6(network), IpAddr::V6(address)) => {
            let apart = network.to_bits() ^ address.to_bits();
            let host = 128_u32.checked_sub(bits)?;
            apart.checked_shr(host).unwrap_or_default() == 0
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_direct(list: &str, endpoint: &str) -> bool {
        let endpoint = Endpoint::parse(endpoint, true).expect("an endpoint");
        names(list, &endpoint)
    }

    #[test]
    fn a18_a_host_is_named_in_every_form_that_is_in_use() {
        let host = "https://ssl.tencentcloudapi.com";
        for list in [
            "*",
            "ssl.tencentcloudapi.com",
            "SSL.TencentCloudAPI.com",
            "ssl.tencentcloudapi.com.",
            "ssl.tencentcloudapi.com:443",
            "tencentcloudapi.com",
            ".tencentcloudapi.com",
            "*.tencentcloudapi.com",
            "*.tencentcloudapi.com.",
            "*.tencentcloudapi.com:443",
            ".tencentcloudapi.com.:443",
            "com",
            "localhost, *.tencentcloudapi.com ,10.0.0.0/8",
            "a.example ssl.tencentcloudapi.com",
        ] {
            assert!(is_direct(list, host), "{list}");
            assert!(
                is_direct(list, "https://ssl.tencentcloudapi.com.:443"),
                "{list}"
            );
        }
        for list in [
            "",
            ",",
            ".",
            ":443",
            "encentcloudapi.com",
            "*encentcloudapi.com",
            "ssl.tencentcloudapi.com:8443",
            "*.tencentcloudapi.com:80",
            "x.ssl.tencentcloudapi.com",
            "tencentcloudapi.co",
            "10.0.0.0/8",
            "0.0.0.0/0",
        ] {
            assert!(!is_direct(list, host), "{list}");
        }
        assert!(is_direct("example.com:8443", "https://a.example.com:8443"));
    }

    #[test]
    fn a18_an_address_is_named_by_itself_or_its_network() {
        for (list, endpoint) in [
            ("192.168.5.150", "https://192.168.5.150:8088"),
            ("192.168.5.150:8088", "https://192.168.5.150:8088"),
            ("192.168.0.0/16", "https://192.168.5.150:8088"),
            ("192.168.5.150/32", "https://192.168.5.150"),
            ("0.0.0.0/0", "https://192.168.5.150"),
            ("fd00::1", "https://[fd00::1]"),
            ("[fd00::1]:8443", "https://[fd00::1]:8443"),
            ("fd00::/8", "https://[fd00::1]"),
            ("::/0", "https://[fd00::1]"),
        ] {
            assert!(is_direct(list, endpoint), "{list}");
        }
        for (list, endpoint) in [
            ("192.168.5.15", "https://192.168.5.150"),
            ("168.5.150", "https://192.168.5.150"),
            (".168.5.150", "https://192.168.5.150"),
            ("192.168.4.0/24", "https://192.168.5.150"),
            ("192.168.0.0/33", "https://192.168.5.150"),
            ("192.168.0.0/x", "https://192.168.5.150"),
            ("fd00::/8", "https://[fe00::1]"),
            ("::/0", "https://192.168.5.150"),
        ] {
            assert!(!is_direct(list, endpoint), "{list}");
        }
    }
}
