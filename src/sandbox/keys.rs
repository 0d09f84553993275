//! The key pairs that the sandbox accepts, and the environment variables that carry them.
//!
//! All of them are fictitious and say so. Secrets and tokens hold the canary word, so that a test
//! can search the output of a run for it.

use super::Service;

/// A key that a cloud knows.
pub(super) struct Key {
    pub id: &'static str,
    pub secret: &'static str,
    /// The session token a temporary key must come with.
    pub token: Option<&'static str>,
}

const ALIBABA: [Key; 2] = [
    Key {
        id: "LTAI5tSandboxLongLived00",
        secret: "sandboxcanaryAlibabaLong000001",
        token: None,
    },
    // The prefix is how users recognise a temporary key id of Alibaba.
    Key {
        id: "STS.NSandboxTemporary000000",
        secret: "sandboxcanaryAlibabaTemp000002",
        token: Some("sandboxcanaryAlibabaToken+/=003"),
    },
];

const HUAWEI: [Key; 2] = [
    Key {
        id: "HPUASANDBOXLONG00001",
        secret: "sandboxcanaryHuaweiLong7c4e19a2b8d6f351",
        token: None,
    },
    Key {
        id: "HSTASANDBOXTEMP00002",
        secret: "sandboxcanaryHuaweiTempe90b53d7a1c8f624",
        token: Some("sandboxcanaryHuaweiToken+/==0003"),
    },
];

const TENCENT: [Key; 2] = [
    Key {
        id: "AKIDsandboxLongLived0000000000000001",
        secret: "sandboxcanaryTencentLong3d81f6c9",
        token: None,
    },
    Key {
        id: "AKIDsandboxTemporary0000000000000002",
        secret: "sandboxcanaryTencentTemp62b07ae4",
        token: Some("sandboxcanaryTencentToken-_00003"),
    },
];

/// A role that a cloud's account has, and the identity that it trusts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Role {
    /// Its name in the vendor's long form.
    pub arn: &'static str,
    /// Its short name, as the metadata service of a machine knows it.
    pub name: &'static str,
    /// The identity provider that it trusts.
    pub provider: &'static str,
    /// A token of that provider.
    pub token: &'static str,
}

const ALIBABA_ROLE: Role = Role {
    arn: "acs:ram::1234567890123456:role/sandbox-role",
    name: "sandbox-role",
    provider: "acs:ram::1234567890123456:oidc-provider/sandbox",
    token: "sandboxcanaryAlibabaIdentity.e30.-_004",
};

const TENCENT_ROLE: Role = Role {
    arn: "qcs::cam::uin/100000000001:roleName/sandbox-role",
    name: "sandbox-role",
    provider: "sandbox-provider",
    token: "sandboxcanaryTencentIdentity.e30.-_004",
};

/// The role of a service's account; a PBX has none, and that of a machine at Huawei has no name.
pub fn role(service: Service) -> Option<Role> {
    match service {
        Service::Mpush | Service::Esa => Some(ALIBABA_ROLE),
        Service::Tencent => Some(TENCENT_ROLE),
        Service::Huawei | Service::Pbx => None,
    }
}

/// The one application registered on the PBX.
pub(super) const PBX_CLIENT_ID: &str = "sandboxPbxClientId00000000000001";
/// Its secret.
pub(super) const PBX_CLIENT_SECRET: &str = "sandboxcanaryPbxSecret5f2a9c7e41";

fn keys(service: Service) -> &'static [Key] {
    match service {
        Service::Mpush | Service::Esa => &ALIBABA,
        Service::Huawei => &HUAWEI,
        Service::Tencent => &TENCENT,
        Service::Pbx => &[],
    }
}

/// The key with this id, if the service knows it.
pub(super) fn find(service: Service, id: &str) -> Option<&'static Key> {
    keys(service).iter().find(|key| key.id == id)
}

/// The key that is handed out for a role.
pub(super) fn of_role(service: Service) -> Option<&'static Key> {
    keys(service).iter().find(|key| key.token.is_some())
}

/// The environment variables of a long-lived key pair (for the PBX: of its application).
pub fn credentials(service: Service) -> Vec<(&'static str, &'static str)> {
    if service == Service::Pbx {
        return vec![
            ("CERTCHECK_PBX_CLIENT_ID", PBX_CLIENT_ID),
            ("CERTCHECK_PBX_CLIENT_SECRET", PBX_CLIENT_SECRET),
        ];
    }
    variables(service, |key| key.token.is_none())
}

/// The environment variables of a temporary key pair with its session token; a PBX has no such
/// thing, so there it is the same as [`credentials`].
pub fn temporary_credentials(service: Service) -> Vec<(&'static str, &'static str)> {
    if service == Service::Pbx {
        return credentials(service);
    }
    variables(service, |key| key.token.is_some())
}

fn variables(service: Service, wanted: impl Fn(&Key) -> bool) -> Vec<(&'static str, &'static str)> {
    let names = match service {
        Service::Mpush | Service::Esa => [
            "ALIBABA_CLOUD_ACCESS_KEY_ID",
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
            "ALIBABA_CLOUD_SECURITY_TOKEN",
        ],
        Service::Huawei => [
            "HUAWEICLOUD_SDK_AK",
            "HUAWEICLOUD_SDK_SK",
            "HUAWEICLOUD_SDK_SECURITY_TOKEN",
        ],
        Service::Tencent => [
            "TENCENTCLOUD_SECRET_ID",
            "TENCENTCLOUD_SECRET_KEY",
            "TENCENTCLOUD_TOKEN",
        ],
        Service::Pbx => return Vec::new(),
    };
    keys(service)
        .iter()
        .filter(|key| wanted(key))
        .flat_map(|key| {
            let values = [Some(key.id), Some(key.secret), key.token];
            names.into_iter().zip(values)
        })
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::CANARY;
    use super::*;

    #[test]
    fn every_service_has_variables_and_every_secret_the_canary() {
        for service in Service::ALL {
            for (count, variables) in [
                (2, credentials(service)),
                (3, temporary_credentials(service)),
            ] {
                let count = if service == Service::Pbx { 2 } else { count };
                assert_eq!(variables.len(), count, "{service:?}");
                for (_, secret) in variables.iter().skip(1) {
                    assert!(secret.contains(CANARY), "{service:?}");
                }
            }
        }
    }
}
