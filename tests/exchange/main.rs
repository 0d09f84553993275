//! The exchange layer: the driver against a scripted transport in paused time, and the HTTP client against
//! loopback sockets read by hand.

mod broken;
mod clock;
mod driver;
mod ending;
mod endpoints;
mod fake;
mod hosts;
mod listener;
mod order;
mod wire;
