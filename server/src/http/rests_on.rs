//! The headers by which every answer says up to which log sequence it holds, and, when the server is behind, what had been
//! acknowledged before the question.

use crate::app::App;
use crate::completeness::Settled;
use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// Up to here the answer holds.
const SEQ: HeaderName = HeaderName::from_static("x-headwater-seq");
/// Up to here it ought to hold; only there when it does not.
const ACKNOWLEDGED: HeaderName = HeaderName::from_static("x-headwater-acknowledged");

/// The headers of an answer.
pub fn headers(settled: Settled) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(SEQ, HeaderValue::from(settled.holds));
    if settled.is_behind() {
        headers.insert(ACKNOWLEDGED, HeaderValue::from(settled.acknowledged));
    }
    headers
}

/// What an answer of `app` rests on when the served app has settled so: an earlier state of knowledge is whole by itself.
pub fn of(app: &App, settled: Settled) -> Settled {
    if app.known.is_some() { app.standing() } else { settled }
}
