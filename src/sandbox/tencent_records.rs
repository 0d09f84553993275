//! What Tencent knows: records with every documented member, null where there is nothing.
//!
//! Source: the operation's page and the models of the SDK. Times are Beijing's, without saying so.

use serde_json::{Value, json};

use super::desk::{Style, Visit};
use super::misbehave::HOSTILE;
use super::{CANARY, Sample, dates};

const fn sample(id: &'static str, what: &'static str) -> Sample {
    Sample {
        id,
        what,
        legacy: false,
    }
}

pub(super) const SAMPLES: [Sample; 9] = [
    sample("sbxValid", "issued, valid for 150 days"),
    sample(
        "sbxFull1",
        "issued, valid for 60 days, with order, validation and password data",
    ),
    sample("sbxSoon1", "issued, ends in 10 days"),
    sample("sbxPast1", "issued by its number, but past"),
    sample("sbxEnded", "expired"),
    sample("sbxRevok", "revoked before its date"),
    sample("sbxWait0", "under review, without dates"),
    sample(
        "sbxMove1",
        "being migrated, which says nothing about validity",
    ),
    sample(
        "sbxCaBun",
        "a bundle of three CA certificates, the earliest ends in 25 days",
    ),
];

/// Status number, its name, and the days from which and until which the certificate is valid.
fn facts(id: &str) -> Option<(u8, &'static str, Option<(i64, i64)>)> {
    Some(match id {
        "sbxValid" => (1, "Issued", Some((-215, 150))),
        "sbxFull1" => (1, "Issued", Some((-30, 60))),
        "sbxSoon1" => (1, "Issued", Some((-80, 10))),
        "sbxPast1" => (1, "Issued", Some((-91, -1))),
        "sbxEnded" => (3, "Expired", Some((-400, -35))),
        "sbxRevok" => (10, "Revoked", Some((-100, 265))),
        "sbxWait0" => (0, "Reviewing", None),
        "sbxMove1" => (15, "Migrating", Some((-100, 265))),
        "sbxCaBun" => (1, "Issued", None),
        _ => return None,
    })
}

/// The content of `Response`, without the request id.
pub(super) fn record(id: &str, visit: &Visit<'_>) -> Option<Value> {
    let (status, name, span) = facts(id)?;
    let at = |count| dates::beijing(dates::days(visit.today, count));
    let pending = span.is_none();
    let mut record = json!({
        "OwnerUin": format!("{CANARY}-uin"),
        "ProjectId": "0",
        "From": "trustasia",
        "CertificateType": "SVR",
        "PackageType": "2",
        "PackageTypeName": "TrustAsia TLS RSA CA",
        "ProductZhName": "TrustAsia",
        "CertificateId": id,
        "Domain": "www.example.com",
        "SubjectAltName": if pending { json!([]) } else { json!(["example.com", "shop.example.com"]) },
        "Alias": "",
        "Status": status,
        "StatusMsg": if pending { json!("PENDING-DCV") } else { Value::Null },
        "StatusName": name,
        "VerifyType": "DNS_AUTO",
        "VulnerabilityStatus": "INACTIVE",
        "VulnerabilityReport": null,
        "CertBeginTime": span.map(|(from, _)| at(from)),
        "CertEndTime": span.map(|(_, until)| at(until)),
        "InsertTime": at(-20),
        "ValidityPeriod": "3",
        "OrderId": format!("{CANARY}-order"),
        "CertificateExtra": extra(),
        "DvAuthDetail": null,
        "DvRevokeAuthDetail": null,
        "IsVip": false,
        "IsWildcard": false,
        "IsDv": true,
        "IsVulnerability": false,
        "RenewAble": false,
        "Deployable": status == 1,
        "SubmittedData": null,
        "Tags": [],
        "CAEncryptAlgorithms": null,
        "CACommonNames": null,
        "CAEndTimes": null,
    });
    let changes = match id {
        "sbxFull1" => full(),
        "sbxCaBun" => json!({
            "CertificateType": "CA",
            "From": "upload",
            "PackageType": null,
            "PackageTypeName": null,
            "Domain": "",
            "StatusMsg": null,
            "CertEndTime": "",
            "CAEncryptAlgorithms": ["RSA 4096", "RSA 2048", "EC 256"],
            "CACommonNames": ["Sandbox Root CA", "Sandbox Issuing CA 1", "Sandbox Issuing CA 2"],
            "CAEndTimes": [at(3_000), at(25), at(400)],
        }),
        _ => json!({}),
    };
    apply(&mut record, changes);
    match visit.style {
        Style::Plain => {}
        Style::OtherId => record["CertificateId"] = json!("sbxOther"),
        Style::Hostile => apply(
            &mut record,
            json!({
                "Alias": HOSTILE,
                "Domain": format!("{HOSTILE}.example.com"),
                "SubjectAltName": [HOSTILE, "example.com"],
                "StatusMsg": HOSTILE,
                "StatusName": HOSTILE,
                "ProductZhName": HOSTILE,
                "PackageTypeName": HOSTILE,
                "Tags": [{"TagKey": HOSTILE, "TagValue": HOSTILE}],
                "CertificateType": "SVR",
                "Status": 1,
                "CertBeginTime": at(-10),
                "CertEndTime": at(300),
            }),
        ),
    }
    Some(record)
}

fn apply(record: &mut Value, changes: Value) {
    if let (Some(members), Value::Object(changes)) = (record.as_object_mut(), changes) {
        members.extend(changes);
    }
}

fn extra() -> Value {
    json!({
        "DomainNumber": "3",
        "OriginCertificateId": null,
        "ReplacedBy": null,
        "ReplacedFor": null,
        "RenewOrder": null,
        "SMCert": 0,
        "CompanyType": 2,
    })
}

/// A paid order with everything that an answer may carry and nobody should see.
fn full() -> Value {
    let private = |what: &str| format!("{CANARY}-{what}");
    let validation = json!({
        "DvAuthKey": private("key"),
        "DvAuthValue": private("value"),
        "DvAuthDomain": "example.com",
        "DvAuthPath": private("path"),
        "DvAuthSubDomain": "_dnsauth",
        "DvAuthVerifyType": "TXT",
    });
    json!({
        "Alias": "shop front",
        "IsVip": true,
        "IsDv": false,
        "PackageType": "9",
        "PackageTypeName": "GeoTrust OV",
        "StatusMsg": "CA-REVIEWING",
        "RenewAble": true,
        "CertificateExtra": {
            "DomainNumber": "3",
            "OriginCertificateId": "sbxOlder",
            "ReplacedBy": null,
            "ReplacedFor": null,
            "RenewOrder": "sbxNewer",
            "SMCert": 0,
            "CompanyType": 2,
        },
        "DvAuthDetail": {
            "DvAuthKey": private("key"),
            "DvAuthValue": private("value"),
            "DvAuthDomain": "example.com",
            "DvAuthPath": private("path"),
            "DvAuthKeySubDomain": "_dnsauth",
            "DvAuths": [validation],
        },
        "DvRevokeAuthDetail": [validation],
        "SubmittedData": {
            "CsrType": "online",
            "CsrContent": private("csr"),
            "CertificateDomain": "www.example.com",
            "DomainList": ["example.com", "shop.example.com"],
            "KeyPassword": private("key-password"),
            "OrganizationName": private("organization"),
            "OrganizationDivision": private("division"),
            "OrganizationAddress": private("address"),
            "OrganizationCountry": "CN",
            "OrganizationCity": private("city"),
            "OrganizationRegion": private("region"),
            "PostalCode": private("postal-code"),
            "PhoneAreaCode": private("area-code"),
            "PhoneNumber": private("phone"),
            "AdminFirstName": private("first-name"),
            "AdminLastName": private("last-name"),
            "AdminPhoneNum": private("phone"),
            "AdminEmail": private("mail"),
            "AdminPosition": private("position"),
            "ContactFirstName": private("first-name"),
            "ContactLastName": private("last-name"),
            "ContactNumber": private("phone"),
            "ContactEmail": private("mail"),
            "ContactPosition": private("position"),
            "VerifyType": "DNS",
        },
        "Tags": [{"TagKey": "env", "TagValue": "production"}],
    })
}
