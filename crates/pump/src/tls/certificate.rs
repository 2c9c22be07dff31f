//! The names in a client's certificate (X.509, RFC 5280) by which it may be a user.

use super::settings::UserField;
use x509_cert::Certificate;
use x509_cert::der::asn1::{BmpString, Ia5StringRef, PrintableStringRef, TeletexStringRef, Utf8StringRef};
use x509_cert::der::{Any, Decode, Tag, Tagged};
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

/// id-at-commonName
const COMMON_NAME: &str = "2.5.4.3";

/// The names in this field, in their order; none if it is not there or the certificate can't be read.
pub(super) fn users(der: &[u8], field: UserField) -> Vec<Vec<u8>> {
    let Ok(certificate) = Certificate::from_der(der) else { return Vec::new() };
    match field {
        UserField::CommonName => common_names(&certificate),
        UserField::Uri => uris(&certificate),
    }
}

/// Only the last one counts where there are several: it is the most specific.
fn common_names(certificate: &Certificate) -> Vec<Vec<u8>> {
    let subject = &certificate.tbs_certificate.subject;
    let mut names = Vec::new();
    for attribute in subject.0.iter().flat_map(|relative| relative.0.iter()) {
        if attribute.oid.to_string() == COMMON_NAME {
            names.extend(text(&attribute.value));
        }
    }
    names.pop().into_iter().collect()
}

fn text(value: &Any) -> Option<Vec<u8>> {
    let text = match value.tag() {
        Tag::Utf8String => value.decode_as::<Utf8StringRef<'_>>().ok()?.as_str().to_owned(),
        Tag::PrintableString => value.decode_as::<PrintableStringRef<'_>>().ok()?.as_str().to_owned(),
        Tag::Ia5String => value.decode_as::<Ia5StringRef<'_>>().ok()?.as_str().to_owned(),
        Tag::TeletexString => value.decode_as::<TeletexStringRef<'_>>().ok()?.as_str().to_owned(),
        Tag::BmpString => value.decode_as::<BmpString>().ok()?.to_string(),
        _ => return None,
    };
    // A NUL would let a name look like another one.
    (!text.is_empty() && !text.contains('\0')).then(|| text.into_bytes())
}

fn uris(certificate: &Certificate) -> Vec<Vec<u8>> {
    let names = certificate.tbs_certificate.get::<SubjectAltName>().ok().flatten();
    let names = names.map(|(_, names)| names.0).unwrap_or_default();
    let uri = |name: GeneralName| match name {
        GeneralName::UniformResourceIdentifier(uri) => Some(uri.as_str().as_bytes().to_vec()),
        _ => None,
    };
    names.into_iter().filter_map(uri).collect()
}
