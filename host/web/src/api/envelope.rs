//! Prometheus's envelope: `status`, and `data` or `errorType` and `error`.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use vitrine_model::Fault;

#[derive(Serialize)]
struct Envelope<T> {
    status: &'static str,
    data: T,
}

#[derive(Serialize)]
struct Failure {
    status: &'static str,
    #[serde(rename = "errorType")]
    error_type: &'static str,
    error: String,
}

pub(crate) fn success(data: impl Serialize) -> Response {
    Json(Envelope { status: "success", data }).into_response()
}

/// Why not, in Prometheus's words for the kind.
#[derive(Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    kind: &'static str,
    reason: String,
}

impl ApiError {
    /// The request makes no sense.
    pub(crate) fn bad_data(reason: impl Into<String>) -> ApiError {
        ApiError { status: StatusCode::BAD_REQUEST, kind: "bad_data", reason: reason.into() }
    }

    /// The request makes sense and has no answer.
    pub(crate) fn execution(reason: impl Into<String>) -> ApiError {
        ApiError { status: StatusCode::UNPROCESSABLE_ENTITY, kind: "execution", reason: reason.into() }
    }

    /// Why a source could not answer; the status says who can mend it.
    pub(crate) fn fault(fault: &Fault) -> ApiError {
        let (status, kind) = match fault {
            Fault::Invalid(_) => (StatusCode::BAD_REQUEST, "bad_data"),
            Fault::Denied(_) => (StatusCode::FORBIDDEN, "denied"),
            Fault::Upstream(_) => (StatusCode::BAD_GATEWAY, "upstream"),
            Fault::Internal(_) => (StatusCode::BAD_GATEWAY, "plugin"),
            Fault::Busy(_) => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
        };
        ApiError { status, kind, reason: fault.reason().to_owned() }
    }

    pub(crate) fn timeout(reason: impl Into<String>) -> ApiError {
        ApiError { status: StatusCode::SERVICE_UNAVAILABLE, kind: "timeout", reason: reason.into() }
    }

    /// Whoever asked has gone: Prometheus's status for that is none of the registered ones.
    pub(crate) fn canceled(reason: impl Into<String>) -> ApiError {
        let status = StatusCode::from_u16(499).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
        ApiError { status, kind: "canceled", reason: reason.into() }
    }

    pub(crate) fn not_found(reason: impl Into<String>) -> ApiError {
        ApiError { status: StatusCode::NOT_FOUND, kind: "not_found", reason: reason.into() }
    }

    /// The host cannot do it now.
    pub(crate) fn unavailable(reason: impl Into<String>) -> ApiError {
        ApiError { status: StatusCode::SERVICE_UNAVAILABLE, kind: "unavailable", reason: reason.into() }
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    pub(crate) fn reason(&self) -> &str {
        &self.reason
    }

    pub(crate) fn with_status(self, status: StatusCode) -> ApiError {
        ApiError { status, ..self }
    }

    pub(crate) fn internal(reason: impl Into<String>) -> ApiError {
        ApiError { status: StatusCode::INTERNAL_SERVER_ERROR, kind: "internal", reason: reason.into() }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let failure = Failure { status: "error", error_type: self.kind, error: self.reason };
        (self.status, Json(failure)).into_response()
    }
}
