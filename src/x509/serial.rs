//! Serial numbers, which some write in hex, some in decimal, and a few real roots with a sign.

/// Digits of a decimal text that are read; RFC 5280 allows 20 bytes, and no certificate is known with twice as many.
const MOST_DIGITS: usize = 128;

/// A serial number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Serial {
    /// The content of its DER integer.
    der: Vec<u8>,
}

/// A number that a text can mean.
struct SignedMagnitude {
    is_negative: bool,
    /// Big endian, without leading zeros.
    magnitude: Vec<u8>,
}

impl Serial {
    /// The serial of that DER integer.
    pub fn from_der(content: &[u8]) -> Serial {
        Serial {
            der: content.to_vec(),
        }
    }

    /// Lower-case hex, two digits a byte, without the sign byte of a large positive one.
    pub fn hex(&self) -> String {
        hex::encode(self.unsigned())
    }

    /// True if a text is this serial number: hex in any case, with or without separators and leading zeros, or decimal; a
    /// negative one by its bytes or by its amount.
    pub fn is(&self, text: &str) -> bool {
        readings(text).iter().any(|reading| self.matches(reading))
    }

    fn matches(&self, reading: &SignedMagnitude) -> bool {
        let bytes = without_zeros(&self.der) == reading.magnitude;
        let amount = self.is_negative() && self.amount() == reading.magnitude;
        amount || (bytes && !reading.is_negative)
    }

    fn is_negative(&self) -> bool {
        self.der.first().is_some_and(|byte| byte & 0x80 != 0)
    }

    /// The bytes without the sign byte of a large positive number.
    fn unsigned(&self) -> &[u8] {
        match self.der.as_slice() {
            [0, rest @ ..] if !rest.is_empty() => rest,
            whole => whole,
        }
    }

    /// Absolute value of a negative number.
    fn amount(&self) -> Vec<u8> {
        without_zeros(&negated(&self.der)).to_vec()
    }
}

/// The hex of a serial that a text gives, in the form of [`Serial::hex`]. Decimal cannot be told from hex, and is taken
/// for hex.
pub fn hex_of_text(text: &str) -> Option<String> {
    let (is_negative, digits) = digits(text)?;
    let bytes = bytes_of_hex(&digits)?;
    if !is_negative {
        return Some(Serial::from_der(&bytes).hex());
    }
    // One byte more holds the sign, and goes again where the next one has it.
    let wide = negated(&[&[0], bytes.as_slice()].concat());
    let narrow = match wide.as_slice() {
        [0xff, rest @ ..] if rest.first().is_some_and(|byte| byte & 0x80 != 0) => rest,
        whole => whole,
    };
    Some(hex::encode(narrow))
}

/// True if a text can be read as a serial number.
pub fn is_serial(text: &str) -> bool {
    digits(text).is_some()
}

fn readings(text: &str) -> Vec<SignedMagnitude> {
    let Some((is_negative, digits)) = digits(text) else {
        return Vec::new();
    };
    let is_decimal = digits.len() <= MOST_DIGITS && digits.bytes().all(|b| b.is_ascii_digit());
    let decimal = is_decimal.then(|| bytes_of_decimal(&digits));
    let all = [bytes_of_hex(&digits), decimal];
    let reading = |bytes: Vec<u8>| SignedMagnitude {
        is_negative,
        magnitude: without_zeros(&bytes).to_vec(),
    };
    all.into_iter().flatten().map(reading).collect()
}

/// The sign of a number and its digits, hex or decimal.
fn digits(text: &str) -> Option<(bool, String)> {
    let text = text.trim();
    let (is_negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let plain: String = rest
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, ':' | '-'))
        .collect();
    let plain = plain.to_ascii_lowercase();
    let plain = plain.strip_prefix("0x").unwrap_or(&plain);
    let shaped = !plain.is_empty() && plain.bytes().all(|b| b.is_ascii_hexdigit());
    let is_negative = is_negative && plain.bytes().any(|b| b != b'0');
    shaped.then(|| (is_negative, plain.to_owned()))
}

fn bytes_of_hex(digits: &str) -> Option<Vec<u8>> {
    match digits.len() % 2 {
        0 => hex::decode(digits).ok(),
        _ => hex::decode(format!("0{digits}")).ok(),
    }
}

fn bytes_of_decimal(digits: &str) -> Vec<u8> {
    // Little endian while it grows.
    let mut bytes: Vec<u8> = Vec::new();
    for digit in digits.bytes() {
        let mut carry = u16::from(digit - b'0');
        for byte in &mut bytes {
            let value = u16::from(*byte) * 10 + carry;
            let [high, low] = value.to_be_bytes();
            (*byte, carry) = (low, u16::from(high));
        }
        bytes.extend(u8::try_from(carry).ok().filter(|carry| *carry > 0));
    }
    bytes.reverse();
    bytes
}

/// Two's complement.
fn negated(bytes: &[u8]) -> Vec<u8> {
    let mut carry = true;
    let mut flipped: Vec<u8> = bytes.iter().map(|byte| !byte).collect();
    for byte in flipped.iter_mut().rev() {
        (*byte, carry) = byte.overflowing_add(u8::from(carry));
    }
    flipped
}

fn without_zeros(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x05_a_serial_is_known_in_every_spelling() {
        for (der, text) in [
            (&[0x00, 0x9f, 0x3a][..], "9F3A"),
            (&[0x00, 0x9f, 0x3a], "009f3a"),
            (&[0x00, 0x9f, 0x3a], "0x9F3A"),
            (&[0x00, 0x9f, 0x3a], "0X00009F3A"),
            (&[0x00, 0x9f, 0x3a], " 9f:3a "),
            (&[0x00, 0x9f, 0x3a], "9f 3a"),
            (&[0x00, 0x9f, 0x3a], "9f-3a"),
            (&[0x00, 0x9f, 0x3a], "40762"),
            (&[0x00, 0x9f, 0x3a], "00040762"),
            (&[0x0f, 0x3a], "f3a"),
            (&[0x12, 0x34], "1234"),
            (&[0x04, 0xd2], "1234"),
            (&[0x00], "0"),
            (&[0x01, 0x00], "256"),
            (&[0xee, 0x2b], "ee2b"),
            (&[0xee, 0x2b], "EE:2B"),
            (&[0xee, 0x2b], "-11d5"),
            (&[0xee, 0x2b], "-11:D5"),
            (&[0xee, 0x2b], "-0x11D5"),
            (&[0xee, 0x2b], "-4565"),
            (&[0xee, 0x2b], "11d5"),
            (&[0xff], "-1"),
            (&[0x80], "-128"),
        ] {
            assert!(Serial::from_der(der).is(text), "{der:?} {text}");
        }
        for (der, text) in [
            (&[0x11, 0xd5][..], "-11d5"),
            (&[0x00, 0x9f, 0x3a], "9f3b"),
            (&[0x00, 0x9f, 0x3a], "9f3a00"),
            (&[0x00, 0x9f, 0x3a], "-9f3a"),
            (&[0x00, 0x9f, 0x3a], ""),
            (&[0x00, 0x9f, 0x3a], "-"),
            (&[0x00, 0x9f, 0x3a], "9f3g"),
            (&[0xee, 0x2b], "-ee2b"),
            (&[0x00], ""),
        ] {
            assert!(!Serial::from_der(der).is(text), "{der:?} {text}");
        }
    }

    #[test]
    fn x05_a_serial_is_written_in_one_way() {
        for (der, hex) in [
            (&[0x00, 0x9f][..], "9f"),
            (&[0x00, 0x00, 0x9f], "009f"),
            (&[0x00], "00"),
            (&[0xee, 0x2b], "ee2b"),
            (&[], ""),
        ] {
            assert_eq!(Serial::from_der(der).hex(), hex, "{der:?}");
        }
        for (text, hex) in [
            ("9F:3A", Some("9f3a")),
            (" 9f 3a ", Some("9f3a")),
            ("0x9f-3a", Some("9f3a")),
            ("0X9F", Some("9f")),
            ("00:9f:3a", Some("9f3a")),
            ("f3a", Some("0f3a")),
            ("0f3a", Some("0f3a")),
            ("00", Some("00")),
            ("-11D5", Some("ee2b")),
            ("-1", Some("ff")),
            ("-80", Some("80")),
            ("-81", Some("ff7f")),
            ("-0", Some("00")),
            ("", None),
            ("::", None),
            ("-", None),
            ("9g", None),
        ] {
            assert_eq!(hex_of_text(text).as_deref(), hex, "{text:?}");
            assert_eq!(is_serial(text), hex.is_some(), "{text:?}");
        }
    }

    #[test]
    fn a_long_decimal_text_is_read_up_to_its_bound() {
        let large =
            Serial::from_der(&hex::decode("00ffffffffffffffffffffffffffffffff").expect("hex"));
        assert!(large.is("340282366920938463463374607431768211455"));
        let zeros = "0".repeat(MOST_DIGITS - 39);
        assert!(large.is(&format!("{zeros}340282366920938463463374607431768211455")));
        assert!(!large.is(&format!("0{zeros}340282366920938463463374607431768211455")));
    }
}
