//! Huawei's regions: which of them there are, and which host of SCM is theirs.

use crate::exchange::Endpoint;
use crate::flags::connection::ENDPOINT;
use crate::model::Expected;

/// The regions that several of the vendor's SDKs know together, as of November 2026.
const KNOWN: [&str; 30] = [
    "ae-ad-1",
    "af-north-1",
    "af-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "cn-east-2",
    "cn-east-3",
    "cn-east-4",
    "cn-east-5",
    "cn-north-1",
    "cn-north-2",
    "cn-north-4",
    "cn-north-9",
    "cn-north-11",
    "cn-south-1",
    "cn-south-2",
    "cn-southwest-2",
    "eu-west-101",
    "la-north-2",
    "la-south-2",
    "me-east-1",
    "my-kualalumpur-1",
    "na-mexico-1",
    "ru-moscow-1",
    "ru-northwest-2",
    "sa-brazil-1",
    "tr-west-1",
];

/// The default, and the region whose host serves all of China.
pub const CHINA: &str = "cn-north-4";
/// The region whose host serves every other region without a host of its own.
const INTERNATIONAL: &str = "ap-southeast-1";
/// A cloud of its own: `.com` refuses its keys.
const EUROPE: &str = "eu-west-101";

/// How many regions an error suggests.
const SUGGESTED: usize = 3;

/// The region whose host serves that one: one host serves all certificates of an account, and the region only chooses
/// the site. A region that nobody knows is taken only where an endpoint says what to ask.
pub fn site_region(region: &str, has_endpoint: bool) -> Result<String, Expected> {
    if !has_endpoint && !KNOWN.contains(&region) {
        return Err(Expected::Region {
            similar: nearest(region),
            other_host: ENDPOINT.id(),
        });
    }
    Ok(match region {
        CHINA | INTERNATIONAL | "my-kualalumpur-1" => region.to_owned(),
        other if other.starts_with(EUROPE) => EUROPE.to_owned(),
        other if other.starts_with("cn-") => CHINA.to_owned(),
        _ => INTERNATIONAL.to_owned(),
    })
}

/// The regions whose names are the most like that one.
fn nearest(region: &str) -> Vec<&'static str> {
    let mut likely = KNOWN.map(|known| (strsim::jaro(region, known), known));
    likely.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    let first = likely.map(|(_, known)| known).into_iter();
    first.take(SUGGESTED).collect()
}

/// The host of a region that has one.
pub fn host(region: &str) -> String {
    let top = if region == EUROPE { "eu" } else { "com" };
    format!("scm.{region}.myhuaweicloud.{top}")
}

/// Whether the keys there are those of the European cloud: by a host of Huawei's own, else by the region that was named.
pub fn is_european(region: &str, endpoint: &Endpoint) -> bool {
    let host = endpoint.host();
    if host.ends_with(".myhuaweicloud.com") {
        false
    } else {
        host.ends_with(".myhuaweicloud.eu") || region == EUROPE
    }
}
