//! What Tencent knows: records with every documented member, null where there is nothing.
//!
//! Source: the operation's page and the models of the SDK. Times are Beijing's, without saying so.

use serde_json::{Value, json};

use super::super::Sample;
use crate::sandbox::context::{RecordStyle, RequestContext};
use crate::sandbox::dates;
use crate::sandbox::delivery::HOSTILE;
use crate::sandbox::generated::{CertificateState, Generated};
use crate::sandbox::reply::{amend, fixed};

pub(super) const SAMPLES: &[Sample] = &[
    Sample::new("sbxValid", "issued, valid for 150 days"),
    Sample::new(
        "sbxFull1",
        "issued, valid for 60 days, with order, validation and password data",
    ),
    Sample::new("sbxSoon1", "issued, ends in 10 days"),
    Sample::new("sbxPast1", "issued by its number, but past"),
    Sample::new("sbxEnded", "expired"),
    Sample::new("sbxRevok", "revoked before its date"),
    Sample::new("sbxWait0", "under review, without dates"),
    Sample::new(
        "sbxMove1",
        "being migrated, which says nothing about validity",
    ),
    Sample::new(
        "sbxCaBun",
        "a bundle of three CA certificates, the earliest ends in 25 days",
    ),
];

/// Status number, its name, and the days from which and until which the certificate is valid.
pub(super) type SslState = (u8, &'static str, Option<(i64, i64)>);

pub(super) fn facts_of_generated(made: Generated) -> SslState {
    let (status, name) = match made.state() {
        CertificateState::Valid | CertificateState::Soon => (1, "Issued"),
        CertificateState::Expired => (3, "Expired"),
        CertificateState::Revoked => (10, "Revoked"),
        CertificateState::Pending => (0, "Reviewing"),
    };
    (status, name, made.span())
}

pub(super) fn facts(id: &str) -> Option<SslState> {
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
pub(super) fn record(id: &str, context: &RequestContext<'_>) -> Option<Value> {
    let mut record = match context.generated(id) {
        Some(made) => base(id, facts_of_generated(made), &made.names(), context),
        None => {
            let names = ["www.example.com", "example.com", "shop.example.com"];
            base(id, facts(id)?, &names.map(str::to_owned), context)
        }
    };
    match id {
        "sbxFull1" => amend(&mut record, fixed(FULL)),
        "sbxCaBun" => amend(&mut record, bundle(context)),
        _ => {}
    }
    match context.style {
        RecordStyle::Plain => {}
        RecordStyle::OtherId => amend(&mut record, json!({"CertificateId": "sbxOther"})),
        RecordStyle::Hostile => amend(&mut record, hostile(context)),
    }
    Some(record)
}

fn at(context: &RequestContext<'_>, count: i64) -> String {
    dates::beijing(dates::days(context.today, count))
}

/// The first name is the main one.
fn base(
    id: &str,
    (status, name, span): SslState,
    names: &[String],
    context: &RequestContext<'_>,
) -> Value {
    let pending = span.is_none();
    let others: Vec<&String> = names.iter().skip(1).filter(|_| !pending).collect();
    let mut record = fixed(FIXED);
    let changes = json!({
        "CertificateId": id,
        "Domain": names.first(),
        "SubjectAltName": others,
        "Status": status,
        "StatusMsg": pending.then_some("PENDING-DCV"),
        "StatusName": name,
        "CertBeginTime": span.map(|(from, _)| at(context, from)),
        "CertEndTime": span.map(|(_, until)| at(context, until)),
        "InsertTime": at(context, -20),
        "Deployable": status == 1,
    });
    amend(&mut record, changes);
    record
}

/// The members that are the same in all records.
const FIXED: &str = r#"{
    "OwnerUin": "CANARY-uin", "ProjectId": "0", "From": "trustasia", "CertificateType": "SVR",
    "PackageType": "2", "PackageTypeName": "TrustAsia TLS RSA CA", "ProductZhName": "TrustAsia",
    "Alias": "", "VerifyType": "DNS_AUTO",
    "VulnerabilityStatus": "INACTIVE", "VulnerabilityReport": null,
    "ValidityPeriod": "3", "OrderId": "CANARY-order",
    "CertificateExtra": {
        "DomainNumber": "3", "OriginCertificateId": null, "ReplacedBy": null, "ReplacedFor": null,
        "RenewOrder": null, "SMCert": 0, "CompanyType": 2
    },
    "DvAuthDetail": null, "DvRevokeAuthDetail": null, "SubmittedData": null, "Tags": [],
    "IsVip": false, "IsWildcard": false, "IsDv": true, "IsVulnerability": false, "RenewAble": false,
    "CAEncryptAlgorithms": null, "CACommonNames": null, "CAEndTimes": null
}"#;

/// Several certificates in one record: their ends stand in an array, in no useful order.
fn bundle(context: &RequestContext<'_>) -> Value {
    json!({
        "CertificateType": "CA",
        "From": "upload",
        "PackageType": null,
        "PackageTypeName": null,
        "Domain": "",
        "StatusMsg": null,
        "CertEndTime": "",
        "CAEncryptAlgorithms": ["RSA 4096", "RSA 2048", "EC 256"],
        "CACommonNames": ["Sandbox Root CA", "Sandbox Issuing CA 1", "Sandbox Issuing CA 2"],
        "CAEndTimes": [at(context, 3_000), at(context, 25), at(context, 400)],
    })
}

fn hostile(context: &RequestContext<'_>) -> Value {
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
        "CertBeginTime": at(context, -10),
        "CertEndTime": at(context, 300),
    })
}

/// A paid order that has been renewed already, with everything that an answer may carry and nobody should see.
const FULL: &str = r#"{
    "Alias": "shop front", "IsVip": true, "IsDv": false, "PackageType": "9",
    "PackageTypeName": "GeoTrust OV", "StatusMsg": "CA-REVIEWING", "RenewAble": true,
    "CertificateExtra": {
        "DomainNumber": "3", "OriginCertificateId": "sbxOlder", "ReplacedBy": null,
        "ReplacedFor": null, "RenewOrder": "sbxNewer", "SMCert": 0, "CompanyType": 2
    },
    "Tags": [{"TagKey": "env", "TagValue": "production"}],
    "DvAuthDetail": {
        "DvAuthKey": "CANARY-key", "DvAuthValue": "CANARY-value", "DvAuthDomain": "example.com",
        "DvAuthPath": "CANARY-path", "DvAuthKeySubDomain": "_dnsauth",
        "DvAuths": [{
            "DvAuthKey": "CANARY-key", "DvAuthValue": "CANARY-value",
            "DvAuthDomain": "example.com", "DvAuthPath": "CANARY-path",
            "DvAuthSubDomain": "_dnsauth", "DvAuthVerifyType": "TXT"
        }]
    },
    "DvRevokeAuthDetail": [{
        "DvAuthKey": "CANARY-key", "DvAuthValue": "CANARY-value", "DvAuthDomain": "example.com",
        "DvAuthPath": "CANARY-path", "DvAuthSubDomain": "_dnsauth", "DvAuthVerifyType": "TXT"
    }],
    "SubmittedData": {
        "CsrType": "online", "CsrContent": "CANARY-csr", "CertificateDomain": "www.example.com",
        "DomainList": ["example.com", "shop.example.com"], "KeyPassword": "CANARY-key-password",
        "OrganizationName": "CANARY-organization", "OrganizationDivision": "CANARY-division",
        "OrganizationAddress": "CANARY-address", "OrganizationCountry": "CN",
        "OrganizationCity": "CANARY-city", "OrganizationRegion": "CANARY-region",
        "PostalCode": "CANARY-postal-code", "PhoneAreaCode": "CANARY-area-code",
        "PhoneNumber": "CANARY-phone", "AdminFirstName": "CANARY-first-name",
        "AdminLastName": "CANARY-last-name", "AdminPhoneNum": "CANARY-phone",
        "AdminEmail": "CANARY-mail", "AdminPosition": "CANARY-position",
        "ContactFirstName": "CANARY-first-name", "ContactLastName": "CANARY-last-name",
        "ContactNumber": "CANARY-phone", "ContactEmail": "CANARY-mail",
        "ContactPosition": "CANARY-position", "VerifyType": "DNS"
    }
}"#;
