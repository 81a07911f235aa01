//! Email addresses and host names, in the form in which they compare: lower case, the domain in its ASCII form (UTS #46).

use crate::data::text;
use smol_str::{SmolStr, format_smolstr};

/// The address in lower case. `mailto:x` and `Name <x>` are read as `x`; there is one `@`, no white space, and a dot in the domain.
pub fn email(raw: &str) -> Option<SmolStr> {
    let raw = text::trim(raw);
    let raw = match (raw.rfind('<'), raw.strip_suffix('>')) {
        (Some(at), Some(inner)) => inner.get(at + 1..)?,
        _ => raw,
    };
    let address = match raw.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => raw.get(7..)?.split('?').next()?,
        _ => raw,
    };
    let (local, host) = text::trim(address).split_once('@')?;
    let bad =
        |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';' | '(' | ')' | '"' | '@');
    if local.is_empty() || local.len() > 64 || local.contains(bad) || host.contains(bad) {
        return None;
    }
    let host = host_name(host)?;
    Some(format_smolstr!("{}@{host}", text::fold(local)))
}

/// The domain of an address that [`email`] gave.
pub fn domain_of(email: &str) -> Option<&str> {
    email.rsplit_once('@').map(|(_, domain)| domain)
}

/// The host of a URL or a bare host, without a leading `www.`: `https://www.Acme.com:8443/en?x` is `acme.com`. Sub-domains stay.
pub fn domain(raw: &str) -> Option<SmolStr> {
    let raw = text::trim(raw);
    let behind_scheme = raw.split_once("://").map_or(raw, |(_, rest)| rest);
    let behind_scheme = behind_scheme.strip_prefix("//").unwrap_or(behind_scheme);
    let authority = behind_scheme.split(['/', '?', '#']).next()?;
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    let host = host_name(host)?;
    match host.strip_prefix("www.") {
        Some(rest) if rest.contains('.') => Some(SmolStr::new(rest)),
        _ => Some(host),
    }
}

/// A host name with at least two labels, in ASCII and lower case, without a final dot.
fn host_name(host: &str) -> Option<SmolStr> {
    let host = host.strip_suffix('.').unwrap_or(host);
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'_');
    // Every host of a lead passes here, and nearly all are plain already.
    let ascii = match host.bytes().all(plain) && !host.contains("xn--") {
        true => SmolStr::new(host),
        false => SmolStr::new(idna::domain_to_ascii(host).ok()?),
    };
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let digits = ascii.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let named = ascii.contains('.') && ascii.len() <= 253 && ascii.split('.').all(label) && !digits;
    named.then_some(ascii)
}
