//! The flags of `certcheck sandbox`.

use std::time::Duration;

use super::{Flag, FlagRef, Shape, Spec, readers};
use crate::model::Expected;

/// More requests a second are no limit.
const MOST_A_SECOND: u32 = 1_000_000;

/// A fault is read by the sandbox.
pub const FAULT: Flag<String> = Flag {
    spec: Spec {
        shape: Shape::Repeated,
        ..Spec::one(
            "fault",
            "FAULT",
            "Inject a fault: throttle, status:503, hang, cut, reset, redirect, skew:3600 and more (an unknown one lists all); tencent=throttle*2 or tencent/ID=hang narrows it; may be repeated",
        )
    },
    read: readers::text,
};

pub const PORT: Flag<u16> = Flag {
    spec: Spec {
        default: "chosen by the system",
        ..Spec::one("port", "N", "First of its ports")
    },
    read: |text| readers::number(text, 0, u16::MAX.into()),
};

pub const CERTIFICATES: Flag<u32> = Flag {
    spec: Spec::one(
        "certificates",
        "N",
        "Generate this many certificates per service; lists then show these instead of the samples",
    ),
    read: |text| readers::number(text, 0, 1_000_000),
};

pub const LATENCY: Flag<Duration> = Flag {
    spec: Spec::one("latency", "TIME", "Delay each answer: 20ms"),
    read: readers::latency,
};

/// It takes the place of the common flag of this name.
pub const RATE_LIMIT: Flag<f64> = Flag {
    spec: Spec::one(
        "rate",
        "N",
        "Throttle above this many requests per second and service",
    ),
    read: |text| {
        readers::per_second(text, MOST_A_SECOND).ok_or(Expected::Rate {
            most: MOST_A_SECOND,
            or_off: false,
        })
    },
};

pub const SANDBOX_FLAGS: &[FlagRef] = &[&FAULT, &PORT, &CERTIFICATES, &LATENCY];
