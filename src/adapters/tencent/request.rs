//! A request of Tencent's API 3.0, signed for one try or, where the call wants that, not at all.
//!
//! Two signed headers, as all of Tencent's SDKs do; both values in lower case, where its document and its SDKs agree.

use http::Method;

use crate::credentials::Credential;
use crate::error::Error;
use crate::exchange::{Endpoint, Request, Stamp};
use crate::sign::{self, tc3};

const MEDIA: &str = "application/json";

/// One call of one service.
pub struct ApiAction {
    /// The first label of the service's host; part of the signature.
    pub service: &'static str,
    /// `X-TC-Action`.
    pub action: &'static str,
    /// `X-TC-Version`.
    pub version: &'static str,
}

/// The endpoint of a request, and its region.
pub struct RegionalEndpoint<'a> {
    /// Where it goes.
    pub endpoint: &'a Endpoint,
    /// `X-TC-Region`, for calls that need one or users who gave one.
    pub region: Option<&'a str>,
}

impl ApiAction {
    /// A request signed for one try; without a key the call is told that there is no signature.
    pub fn request(
        &self,
        server: &RegionalEndpoint<'_>,
        body: Vec<u8>,
        credential: Option<&Credential>,
        stamp: Stamp,
    ) -> Result<Request, Error> {
        let timestamp = stamp.time.timestamp();
        let authorization = match credential {
            Some(credential) => self.signature(server, &body, credential, timestamp),
            None => "SKIP".to_owned(),
        };
        let mut request = Request::new(Method::POST, server.endpoint, "/".to_owned(), self.action);
        request.header("content-type", MEDIA)?;
        request.header("x-tc-action", self.action)?;
        request.header("x-tc-version", self.version)?;
        request.header("x-tc-timestamp", &timestamp.to_string())?;
        request.header("x-tc-language", "en-US")?;
        if let Some(region) = server.region {
            request.header("x-tc-region", region)?;
        }
        if let Some(token) = credential.and_then(Credential::token) {
            request.secret_header("x-tc-token", token)?;
        }
        request.secret_header("authorization", &authorization)?;
        request.body = body;
        Ok(request)
    }

    fn signature(
        &self,
        server: &RegionalEndpoint<'_>,
        body: &[u8],
        credential: &Credential,
        timestamp: i64,
    ) -> String {
        let authority = server.endpoint.authority();
        let headers = [("content-type", MEDIA), ("host", authority.as_str())];
        let signable = sign::SignableRequest {
            method: "POST",
            path: "/",
            query: "",
            headers: &headers,
            body,
        };
        tc3::sign(&signable, self.service, timestamp, &credential.key()).authorization
    }
}
