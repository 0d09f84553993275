"""One call of each official SDK against the sandbox, with the right secret and with a wrong one.

Run by official-sdks.sh, which sets the variables that `certcheck sandbox` prints. Ends with 1 if any call comes out
otherwise than it should.
"""

import os
import sys
from urllib.parse import urlsplit


def endpoint(provider):
    return urlsplit(os.environ[f"CERTCHECK_{provider}_ENDPOINT"]).netloc


def alibaba(secret):
    from alibabacloud_tea_openapi.models import Config

    def config(provider):
        return Config(
            access_key_id=os.environ["ALIBABA_CLOUD_ACCESS_KEY_ID"],
            access_key_secret=secret,
            endpoint=endpoint(provider),
            protocol="http",
        )

    return config


def mpush(secret):
    from alibabacloud_push20160801 import client, models

    asked = models.CheckCertificateRequest(app_key=335799001)
    return client.Client(alibaba(secret)("MPUSH")).check_certificate(asked).body.request_id


def esa(secret):
    from alibabacloud_esa20240910 import client, models

    asked = models.GetClientCertificateRequest(site_id=1234567890123, id="baba39055622c008b90285a8838ed09a")
    return client.Client(alibaba(secret)("ESA")).get_client_certificate(asked).body.request_id


def alibaba_sts(secret):
    from alibabacloud_sts20150401 import client, models

    asked = models.AssumeRoleRequest(role_arn="acs:ram::1234567890123456:role/sandbox-role", role_session_name="sdk")
    return client.Client(alibaba(secret)("ESA")).assume_role(asked).body.credentials.access_key_id


def tencent(secret):
    from tencentcloud.common.credential import Credential
    from tencentcloud.common.profile.client_profile import ClientProfile
    from tencentcloud.common.profile.http_profile import HttpProfile

    key = Credential(os.environ["TENCENTCLOUD_SECRET_ID"], secret)
    http = HttpProfile(protocol="http", endpoint=endpoint("TENCENT"))
    return key, "ap-guangzhou", ClientProfile(httpProfile=http)


def tencent_ssl(secret):
    from tencentcloud.ssl.v20191205 import models, ssl_client

    asked = models.DescribeCertificateRequest()
    asked.CertificateId = "sbxValid"
    return ssl_client.SslClient(*tencent(secret)).DescribeCertificate(asked).RequestId


def tencent_sts(secret):
    from tencentcloud.sts.v20180813 import models, sts_client

    asked = models.AssumeRoleRequest()
    asked.RoleArn = "qcs::cam::uin/100000000001:roleName/sandbox-role"
    asked.RoleSessionName = "sdk"
    return sts_client.StsClient(*tencent(secret)).AssumeRole(asked).Credentials.TmpSecretId


def huawei(secret):
    from huaweicloudsdkcore.auth.credentials import GlobalCredentials
    from huaweicloudsdkscm.v3 import ScmClient, ShowCertificateRequest

    key = GlobalCredentials(os.environ["HUAWEICLOUD_SDK_AK"], secret, "0a1b2c3d4e5f60718293a4b5c6d7e8f9")
    place = os.environ["CERTCHECK_HUAWEI_ENDPOINT"]
    client = ScmClient.new_builder().with_credentials(key).with_endpoint(place).build()
    return client.show_certificate(ShowCertificateRequest(certificate_id="scs1700000000001")).id


CALLS = [
    (mpush, "ALIBABA_CLOUD_ACCESS_KEY_SECRET"),
    (esa, "ALIBABA_CLOUD_ACCESS_KEY_SECRET"),
    (alibaba_sts, "ALIBABA_CLOUD_ACCESS_KEY_SECRET"),
    (tencent_ssl, "TENCENTCLOUD_SECRET_KEY"),
    (tencent_sts, "TENCENTCLOUD_SECRET_KEY"),
    (huawei, "HUAWEICLOUD_SDK_SK"),
]
REFUSALS = ["SignatureDoesNotMatch", "AuthFailure.SignatureFailure", "APIGW.0301"]

failed = 0
for call, variable in CALLS:
    try:
        right = "accepted" if call(os.environ[variable]) else "empty"
    except Exception as error:
        right = f"refused: {error}"
    try:
        wrong = f"accepted: {call('another-secret')}"
    except Exception as error:
        code = next((code for code in REFUSALS if code in str(error)), None)
        wrong = f"refused ({code})" if code else f"failed otherwise: {error}"
    good = right == "accepted" and wrong.startswith("refused (")
    failed += not good
    print(f"{'ok ' if good else 'BAD'} {call.__name__:12} right secret: {right}; wrong secret: {wrong}")
sys.exit(1 if failed else 0)
